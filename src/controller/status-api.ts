import type { RemoteEndpoint } from './offers-api.ts';

/** `juju status --format json`; optional keys are absent, never null. Times are `02 Jan 2006 15:04:05Z07:00`. */
export interface Status {
  readonly model: {
    readonly name: string;
    readonly type: string;
    readonly controller: string;
    readonly cloud: string;
    readonly region: string;
    readonly version: string;
    readonly 'model-status': StatusInfo;
    readonly sla: string;
  };
  readonly machines: Record<string, never>;
  readonly applications: Record<string, ApplicationStatus>;
  /** What the model consumes of others. */
  readonly 'application-endpoints'?: Record<string, SaasStatus>;
  readonly offers?: Record<string, OfferStatus>;
  /** Empty when there is none. */
  readonly storage: { readonly storage?: Record<string, StorageStatus> };
  /** For the table of `--relations` only: Juju's JSON and YAML have no such list, and the CLI leaves it out of them. */
  readonly integrations?: readonly Integration[];
  readonly controller: { readonly timestamp: string };
}

export interface StorageStatus {
  readonly kind: string;
  readonly life: 'alive';
  readonly status: { readonly current: string };
  readonly persistent: boolean;
  readonly attachments: { readonly units: Record<string, { readonly life: 'alive'; readonly location: string }> };
}

/** `provider` and `requirer` are `<application>:<endpoint>`, and the same in a peer relation. */
export interface Integration {
  readonly provider: string;
  readonly requirer: string;
  readonly interface: string;
  readonly type: 'regular' | 'peer';
  readonly message: string;
}

export interface StatusInfo {
  readonly current: string;
  readonly message?: string;
  readonly since?: string;
  readonly version?: string;
  /** Of a unit's agent while the unit leaves. */
  readonly life?: 'dying';
}

export interface ApplicationStatus {
  readonly charm: string;
  readonly base: { readonly name: string; readonly channel: string };
  readonly 'charm-origin': string;
  readonly 'charm-name': string;
  readonly 'charm-rev': number;
  readonly 'charm-version'?: string;
  readonly 'charm-channel'?: string;
  readonly scale: number;
  readonly 'provider-id': string;
  readonly address: string;
  readonly exposed: boolean;
  readonly life?: string;
  readonly 'application-status': StatusInfo;
  readonly relations?: Record<string, { 'related-application': string; interface: string; scope: string }[]>;
  readonly units?: Record<string, UnitStatus>;
  readonly version?: string;
  readonly 'endpoint-bindings': Record<string, string>;
}

export interface UnitStatus {
  readonly 'workload-status': StatusInfo;
  readonly 'juju-status': StatusInfo;
  readonly leader?: boolean;
  readonly 'open-ports'?: readonly string[];
  readonly address: string;
  readonly 'provider-id': string;
}

/** An application of another model; `url` is `admin/cos.prometheus`. */
export interface SaasStatus {
  readonly url: string;
  readonly endpoints: Readonly<Record<string, RemoteEndpoint>>;
  readonly life?: string;
  readonly 'application-status': StatusInfo;
  /** Endpoint -> the applications of this model that are related to it. */
  readonly relations?: Readonly<Record<string, readonly string[]>>;
}

export interface OfferStatus {
  readonly application: string;
  readonly charm: string;
  readonly endpoints: Readonly<Record<string, RemoteEndpoint>>;
  /** Of the relations through it, those that units of both sides have entered. Zero is left out, as in Juju. */
  readonly 'active-connected-count'?: number;
  readonly 'total-connected-count'?: number;
}
