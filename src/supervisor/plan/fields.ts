/** How a field of a layer is read. A record stands for a nested object with those fields. */
export type FieldKind = 'text' | 'int' | 'float' | 'duration' | 'texts' | 'text-map' | ObjectKind;

export interface ObjectKind {
  /** Pebble's name of the type, which its messages show. */
  readonly goType: string;
  readonly fields: Readonly<Record<string, FieldKind>>;
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
};

export const logTargetFields: ObjectKind = {
  goType: 'plan.LogTarget',
  fields: { type: 'text', location: 'text', services: 'texts', override: 'text', labels: 'text-map' },
};

/** The sections that hold named entries, in print order. */
export const sections = { services: serviceFields, checks: checkFields, 'log-targets': logTargetFields } as const;

export type SectionName = keyof typeof sections;
