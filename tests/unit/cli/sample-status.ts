import type { ApplicationStatus, Integration, Status, StatusInfo, UnitStatus } from '../../../src/controller/api.ts';

const since = '02 Jan 2026 03:04:05Z';

/** A unit's status: workload, agent and what else matters to a test. */
export function unit(
  workload: Partial<StatusInfo>,
  agent: Partial<StatusInfo> = {},
  rest: Partial<UnitStatus> = {},
): UnitStatus {
  return {
    'workload-status': { current: 'active', since, ...workload },
    'juju-status': { current: 'idle', since, version: '3.6.13', ...agent },
    address: '10.1.157.90',
    'provider-id': 'x-0',
    ...rest,
  };
}

export function application(
  charm: string,
  status: Partial<StatusInfo>,
  units: Record<string, UnitStatus>,
  rest: Partial<ApplicationStatus> = {},
): ApplicationStatus {
  return {
    charm: `local:${charm}-0`,
    base: { name: 'ubuntu', channel: '24.04' },
    'charm-origin': 'local',
    'charm-name': charm,
    'charm-rev': 0,
    scale: Object.keys(units).length,
    'provider-id': '8f0c',
    address: '10.152.183.233',
    exposed: false,
    'application-status': { current: 'active', since, ...status },
    units,
    'endpoint-bindings': { '': 'alpha' },
    ...rest,
  };
}

export function model(applications: Record<string, ApplicationStatus>, integrations?: readonly Integration[]): Status {
  return {
    ...(integrations && { integrations }),
    model: {
      name: 'm',
      type: 'caas',
      controller: 'ctl',
      cloud: 'k8s',
      region: '',
      version: '3.6.13',
      'model-status': { current: 'available', since },
      sla: 'unsupported',
    },
    machines: {},
    applications,
    storage: {},
    controller: { timestamp: '13:50:39Z' },
  };
}

/** The model of the sample in Juju's documentation: PostgreSQL and a worker that is not configured yet. */
export function sampleStatus(): Status {
  const blocked = { current: 'blocked', message: 'Invalid config: host value missing' };
  return model(
    {
      worker: application(
        'temporal-worker-k8s',
        blocked,
        {
          'worker/10': unit(
            { current: 'waiting', message: 'installing agent' },
            { current: 'allocating' },
            { address: '' },
          ),
          'worker/0': unit(blocked, {}, { leader: true }),
          'worker/1': unit(
            { current: 'waiting', message: 'configuring temporal worker' },
            { current: 'executing', message: 'running config-changed hook' },
            { address: '10.1.157.91', 'open-ports': ['7233/tcp'] },
          ),
        },
        {
          relations: {
            database: [{ 'related-application': 'pg', interface: 'postgresql_client', scope: 'global' }],
            peer: [{ 'related-application': 'worker', interface: 'temporal', scope: 'global' }],
          },
        },
      ),
      pg: application(
        'postgresql-k8s',
        { current: 'active' },
        { 'pg/0': unit({ current: 'active', message: 'Primary' }, {}, { leader: true, address: '10.1.157.92' }) },
        {
          version: '14.15',
          'charm-channel': '14/stable',
          'charm-rev': 495,
          address: '10.152.183.195',
          relations: {
            database: [{ 'related-application': 'worker', interface: 'postgresql_client', scope: 'global' }],
          },
        },
      ),
    },
    [
      {
        provider: 'worker:peer',
        requirer: 'worker:peer',
        interface: 'temporal',
        type: 'peer',
        message: '',
      },
      {
        provider: 'pg:database',
        requirer: 'worker:database',
        interface: 'postgresql_client',
        type: 'regular',
        message: '',
      },
    ],
  );
}
