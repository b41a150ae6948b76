import { expect, test } from 'vitest';
import { readWorkerSettings } from '../../../worker-kit/src/settings/settings.ts';
import { workerOptions } from '../../../worker-kit/src/worker-options.ts';

const required = { TWC_HOST: 'temporal', TWC_NAMESPACE: 'test', TWC_QUEUE: 'test-queue' };
const key = Buffer.alloc(16, 1).toString('base64');
const optionsFor = (env: Record<string, string>, program = {}) =>
  workerOptions(program, readWorkerSettings({ ...required, ...env }), undefined);

test.each([
  { stopTimeout: '30s', grace: 20_000, force: 25_000 },
  { stopTimeout: '5m', grace: 290_000, force: 295_000 },
  { stopTimeout: '6s', grace: 4000, force: 5000 },
])(
  'with a stop timeout of $stopTimeout activities are cancelled and the process gives up before SIGKILL',
  async (row) => {
    expect(await optionsFor({ TEMPORAL_WORKER_STOP_TIMEOUT: row.stopTimeout })).toMatchObject({
      shutdownGraceTime: row.grace,
      shutdownForceTime: row.force,
    });
  },
);

test('what a program gives wins over what the kit would choose', async () => {
  expect(await optionsFor({}, { shutdownGraceTime: '1s', maxCachedWorkflows: 3 })).toMatchObject({
    shutdownGraceTime: '1s',
    maxCachedWorkflows: 3,
    namespace: 'test',
    taskQueue: 'test-queue',
  });
});

test('what codecs of the program wrote is encrypted as well', async () => {
  const mark = { encode: async () => [{ data: Buffer.from('compressed') }], decode: async () => [] };
  const { dataConverter } = await optionsFor({ TWC_ENCRYPTION_KEY: key }, { dataConverter: { payloadCodecs: [mark] } });
  expect(dataConverter?.payloadCodecs?.[0]).toBe(mark);
  expect(dataConverter?.payloadCodecs).toHaveLength(2);
  expect(dataConverter?.failureConverterPath).toMatch(/failure-converter\.ts$/);
});

test('a build id alone does not version a worker, both names do', async () => {
  expect((await optionsFor({ WORKER_BUILD_ID: 'v1' })).workerDeploymentOptions).toBeUndefined();
  const versioned = await optionsFor(
    { WORKER_BUILD_ID: 'v1', TEMPORAL_DEPLOYMENT_NAME: 'billing' },
    { defaultVersioningBehavior: 'PINNED' },
  );
  expect(versioned.workerDeploymentOptions).toEqual({
    version: { deploymentName: 'billing', buildId: 'v1' },
    useWorkerVersioning: true,
    defaultVersioningBehavior: 'PINNED',
  });
});

test('a bundle is told that failures stay readable when nothing is encrypted, and left alone otherwise', async () => {
  const program = { workflowBundle: { code: 'bundle' } };
  expect((await optionsFor({}, program)).workflowBundle).toEqual({
    code: 'globalThis.__temporalWorkerKitPlainFailures=true;bundle',
  });
  expect((await optionsFor({ TWC_ENCRYPTION_KEY: key }, program)).workflowBundle).toBe(program.workflowBundle);
});
