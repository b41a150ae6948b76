/** The calls about units and relations; a part of api.ts, whose file tells how they travel. */
export interface RelationMethods {
  /** `to` so many units, or `by` so many more (fewer when negative). `force` passes over hooks that fail on the way down. */
  scale: Call<
    { application: string; force: boolean } & ({ to: number } | { by: number }),
    { scale: number; messages: string[] }
  >;
  /** The ends of a relation are `<application>[:<endpoint>]`, one of them perhaps an offer's URL in place of the application. */
  integrate: Call<{ endpoints: readonly [string, string] }, { messages: string[] }>;
  /** With `force` the relation is gone at once, and nobody is told. */
  removeRelation: Call<
    { force: boolean } & ({ endpoints: readonly [string, string] } | { id: number }),
    { messages: string[] }
  >;
}

interface Call<Params, Result> {
  readonly params: Params;
  readonly result: Result;
  readonly event: never;
}
