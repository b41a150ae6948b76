import { expect, test } from 'vitest';
import { type ServingFacts, serveRelations } from '../../../../src/companions/temporal-k8s/relations.ts';
import { HookContext } from '../../../../src/controller/hook/context.ts';
import { openTools } from '../../../../src/controller/hook/in-process-tools.ts';
import { type MemoryFacts, MemoryModel } from '../../controller/hook/memory-model.ts';

const settings = { port: 7233, uiPort: 8233, metricsPort: 0 };
const told = { host: '127.0.0.1', port: '7233', tls: 'false' };
const facts: MemoryFacts = {
  endpoints: {
    'temporal-host-info': { role: 'provides', interface: 'temporal-host-info' },
    'temporal-worker-info': { role: 'requires', interface: 'temporal-worker-info' },
  },
  relations: [
    { id: 1, endpoint: 'temporal-host-info', remoteApp: 'x', remoteUnits: [] },
    { id: 2, endpoint: 'temporal-worker-info', remoteApp: 'x', remoteUnits: [] },
    { id: 3, endpoint: 'temporal-worker-info', remoteApp: 'y', remoteUnits: [] },
    { id: 4, endpoint: 'temporal-worker-info', remoteApp: 'z', remoteUnits: [] },
  ],
  databags: { '1 w': {}, '2 x': { namespace: 'first', queue: 'q' }, '3 y': { namespace: ' first ' }, '4 z': {} },
};

/** What a dispatch with these facts writes into databags, asks the server, and could not do. */
async function serve(given: MemoryFacts, options: { broken?: string; refuses?: string } = {}) {
  const model = new MemoryModel({ ...facts, ...given });
  const context = new HookContext({ model, unit: 'w/0', event: { hook: 'config-changed' } });
  const asked: string[] = [];
  const cli: ServingFacts['cli'] = async (args) => {
    asked.push(args.slice(2).join(' '));
    const ok = args[2] === 'create' && options.refuses === undefined;
    return { ok, stdout: '', problem: ok ? '' : (options.refuses ?? 'not found') };
  };
  const undone = await serveRelations(openTools(context, '/'), {
    application: 'w',
    settings,
    cli,
    broken: options.broken,
  });
  context.commit();
  return { undone, asked, written: model.commits[0]?.settings };
}

test('the leader tells where the server is, and makes each namespace that is named once', async () => {
  expect(await serve({})).toEqual({
    undone: [],
    asked: ['describe --namespace=first', 'create --namespace=first --retention=72h'],
    written: [{ relation: 1, entity: 'w', changes: told }],
  });
});

test('nothing is written again, nor by a unit that does not lead', async () => {
  expect((await serve({ databags: { ...facts.databags, '1 w': told } })).written).toEqual([]);
  expect(await serve({ leader: 'w/1' })).toEqual({ undone: [], asked: [], written: [] });
  expect(await serve({ relations: [] })).toEqual({ undone: [], asked: [], written: [] });
});

test('a relation that is just broken is left alone', async () => {
  expect((await serve({}, { broken: 'temporal-host-info:1' })).written).toEqual([]);
});

test('a namespace that the server refuses is told with its words; one that somebody else has made is none', async () => {
  expect((await serve({}, { refuses: 'name too long' })).undone).toEqual([
    'cannot create namespace "first": name too long',
  ]);
  expect((await serve({}, { refuses: 'Namespace already exists.' })).undone).toEqual([]);
});
