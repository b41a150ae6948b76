import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPayloadConverter } from '@temporalio/common';
import { startTemporal } from '../tests/integration/temporal-server.ts';
import { buildBundle, startKitProcess } from '../tests/integration/worker-kit/kit-process.ts';
import { EncryptionCodec } from '../worker-kit/src/encryption/codec.ts';
import { parseKeyRing } from '../worker-kit/src/encryption/key-ring.ts';
import { type Figure, milliseconds, round, spread } from './figures.ts';

const key = Buffer.alloc(32, 1).toString('base64');
const starts = 9;

/** What encryption costs a payload, and what the kit costs the start of a worker. */
export async function measureWorkerKit(): Promise<readonly Figure[]> {
  return [
    ...(await measureCodec('1 KiB', 1024, 5000)),
    ...(await measureCodec('1 MiB', 1 << 20, 60)),
    ...(await measureStart()),
  ];
}

async function measureCodec(size: string, bytes: number, runs: number): Promise<Figure[]> {
  const codec = new EncryptionCodec(parseKeyRing([key]));
  const payload = defaultPayloadConverter.toPayload(new Uint8Array(bytes))!;
  const times = { encrypting: [] as number[], decrypting: [] as number[] };
  // The first tenth warms up.
  for (let run = -runs / 10; run < runs; run++) {
    const begin = performance.now();
    const sealed = await codec.encode([payload]);
    const between = performance.now();
    await codec.decode(sealed);
    if (run < 0) continue;
    times.encrypting.push(between - begin);
    times.decrypting.push(performance.now() - between);
  }
  const text = ({ median, min }: ReturnType<typeof spread>) =>
    median < 1 ? `${round(median * 1000)} µs (from ${round(min * 1000)})` : `${round(median)} ms (from ${round(min)})`;
  return Object.entries(times).map(([what, ms]) => ({
    what: `${what} a payload of ${size}`,
    figure: text(spread(ms)),
    aim: '',
  }));
}

/** From the start of the process to the SDK's word that the worker runs, in turn. */
async function measureStart(): Promise<Figure[]> {
  const root = await mkdtemp(join(tmpdir(), 'bench-kit-'));
  const [temporal, bundle] = await Promise.all([startTemporal(), buildBundle(root)]);
  const base = { TEMPORAL_ADDRESS: temporal.address, TWC_NAMESPACE: 'default', TWC_QUEUE: 'bench' };
  const kinds = [
    { what: 'worker start with the SDK alone', program: 'plain-worker.ts', env: base },
    { what: 'worker start with the kit', program: 'worker.ts', env: base },
    {
      what: 'worker start with the kit, encryption and Sentry',
      program: 'worker.ts',
      env: { ...base, TWC_ENCRYPTION_KEY: key, TWC_SENTRY_DSN: 'http://key@127.0.0.1:9/1' },
    },
  ].map((kind) => ({ ...kind, times: [] as number[] }));
  try {
    for (let run = 0; run < starts; run++) {
      for (const { program, env, times } of kinds) {
        const begin = performance.now();
        const worker = startKitProcess(env, bundle, program);
        await worker.line('RUNNING');
        times.push(performance.now() - begin);
        await worker.stop();
      }
    }
  } finally {
    await temporal.close();
    await rm(root, { recursive: true, force: true });
  }
  return kinds.map(({ what, times }) => ({ what, figure: milliseconds(times), aim: '' }));
}
