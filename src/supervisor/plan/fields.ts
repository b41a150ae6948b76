/** How a field of a layer is read. A record stands for a nested object with those fields. */
export type FieldKind = 'text' | 'int' | 'float' | 'duration' | 'texts' | 'text-map' | ObjectKind;

export interface ObjectKind {
  /** Pebble's name of the type, which its messages show. */
  readonly goType: string;
  readonly fields: Readonly<Record<string, FieldKind>>;
  /** Texts that have a type of their own in Pebble, which its messages show. */
  readonly goTypes?: Readonly<Record<string, string>>;
}

const runner = {
  environment: 'text-map',
  'user-id': 'int',
  user: 'text',
  'group-id': 'int',
  group: 'text',
  'working-dir': 'text',
} as const;

/** The fields in the order in which Pebble prints them. */
export const serviceFields: ObjectKind = {
  goType: 'plan.Service',
  fields: {
    summary: 'text',
    description: 'text',
    startup: 'text',
    override: 'text',
    command: 'text',
    after: 'texts',
    before: 'texts',
    requires: 'texts',
    ...runner,
    'on-success': 'text',
    'on-failure': 'text',
    'on-check-failure': 'text-map',
    'backoff-delay': 'duration',
    'backoff-factor': 'float',
    'backoff-limit': 'duration',
    'kill-delay': 'duration',
  },
  goTypes: {
    startup: 'plan.ServiceStartup',
    override: 'plan.Override',
    'on-success': 'plan.ServiceAction',
    'on-failure': 'plan.ServiceAction',
    'on-check-failure': 'plan.ServiceAction',
  },
};

export const checkFields: ObjectKind = {
  goType: 'plan.Check',
  fields: {
    override: 'text',
    level: 'text',
    startup: 'text',
    period: 'duration',
    timeout: 'duration',
    threshold: 'int',
    http: { goType: 'plan.HTTPCheck', fields: { url: 'text', headers: 'text-map' } },
    tcp: { goType: 'plan.TCPCheck', fields: { port: 'int', host: 'text' } },
    exec: {
      goType: 'plan.ExecCheck',
      fields: { command: 'text', 'service-context': 'text', ...runner },
    },
  },
  goTypes: { override: 'plan.Override', level: 'plan.CheckLevel', startup: 'plan.CheckStartup' },
};

export const logTargetFields: ObjectKind = {
  goType: 'plan.LogTarget',
  fields: { type: 'text', location: 'text', services: 'texts', override: 'text', labels: 'text-map' },
  goTypes: { type: 'plan.LogTargetType', override: 'plan.Override' },
};

/** The sections that hold named entries, in print order. */
export const sections = { services: serviceFields, checks: checkFields, 'log-targets': logTargetFields } as const;

export type SectionName = keyof typeof sections;
