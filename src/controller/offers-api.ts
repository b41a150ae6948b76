/** The calls about offers and what is consumed of other models; a part of api.ts, whose file tells how they travel. */
export interface OfferMethods {
  /** Lets applications of other models relate to these endpoints. `model`: that of the application, if not the call's. */
  offer: Call<
    { model?: string; application: string; endpoints: string[]; name?: string },
    { url: string; application: string }
  >;
  /** The offers of the model. */
  offers: Call<Record<string, never>, { offers: OfferListing[] }>;
  /** Those of all models; texts that are absent or empty filter nothing. `url` may be a part of one: `admin/cos`. */
  findOffers: Call<{ url?: string; interface?: string; offer?: string }, { offers: OfferListing[] }>;
  /** `url` may be the name of an offer of the model. */
  showOffer: Call<{ url: string }, OfferListing>;
  /** Adds an application of another model to this one, under the name of the offer or an alias. */
  consume: Call<{ url: string; alias?: string }, { url: string; name: string }>;
  /** With `force` the relations through it end too. */
  removeOffer: Call<{ offers: string[]; force: boolean }, Record<string, never>>;
  /** Its relations end; with `force` at once, and nobody is told. Tells those that could not be removed. */
  removeSaas: Call<{ names: string[]; force: boolean }, { failed: { name: string; why: string }[] }>;
}

interface Call<Params, Result> {
  readonly params: Params;
  readonly result: Result;
  readonly event: never;
}

export interface OfferListing {
  readonly name: string;
  /** `admin/cos.prometheus`. */
  readonly url: string;
  readonly application: string;
  /** `local:prometheus-k8s-0`. */
  readonly charm: string;
  readonly description: string;
  readonly endpoints: Readonly<Record<string, RemoteEndpoint>>;
  readonly connections: readonly OfferConnection[];
}

export interface RemoteEndpoint {
  readonly interface: string;
  readonly role: 'provider' | 'requirer';
}

/** A relation through an offer. */
export interface OfferConnection {
  readonly 'source-model-uuid': string;
  readonly username: string;
  /** In the model that offers. */
  readonly 'relation-id': number;
  readonly endpoint: string;
  readonly status: { readonly current: string };
}
