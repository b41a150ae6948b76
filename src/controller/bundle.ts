/** A name for several applications that are deployed and related at once, as Juju's bundles are. */
export interface Bundle {
  /** Application -> what it is deployed from. */
  readonly applications: Readonly<Record<string, { readonly charm: string }>>;
  /** Both ends as `<application>:<endpoint>`, in the order in which they are made. */
  readonly relations: readonly (readonly [string, string])[];
  /** What the bundle of that name has elsewhere and not here, in sentences for people. */
  readonly leftOut: readonly string[];
}
