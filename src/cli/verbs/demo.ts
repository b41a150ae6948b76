import { buildSample } from '../builds.ts';
import { tellNeeds } from '../demo/needs.ts';
import { addressOf, portOptions, sameServer } from '../demo/server.ts';
import { root, runStep, type Step } from '../demo/step.ts';
import { Failure, refuseExtra } from '../failure.ts';
import { readInput } from '../input-file.ts';
import type { Invocation, Verb } from '../verb.ts';
import { readYaml } from '../yaml-input.ts';

const server = 'temporal-k8s';
const worker = 'temporal-worker-k8s';
const container = 'temporal-worker';
const image = 'temporal-worker-image';

export const verb: Verb = {
  args: '',
  purpose:
    'Start a real Temporal server, deploy the sample worker, and let it complete a workflow: step by step, each a plain command.',
  details:
    'What is deployed already is used as it is. Everything stays up at the end; stop and kill-controller end it.',
  async run(call) {
    refuseExtra(call.args, 0);
    const before = await call.client.call('status', { selectors: [] });
    const deployed = (name: string) => before.applications[name] !== undefined;
    for (const name of [server, worker]) {
      const charm = before.applications[name]?.['charm-name'];
      if (charm !== undefined && charm !== name)
        throw new Failure(
          `cannot begin the demo: the application "${name}" is of the charm "${charm}" (remove it, or set CHARMLET_DATA to another directory)`,
        );
    }
    await tellNeeds(call, server);
    await buildSample(call, [`${root}/sample`]);

    if (deployed(server)) call.out(`\n# ${server} is deployed already\n`);
    else await deployServer(call);
    await runStep(call, {
      why: 'a namespace for the worker',
      words: ['./charmlet', 'run', `${server}/0`, 'create-namespace', 'name=test'],
    });

    await checkTask(call);
    const address = addressOf(await call.client.call('status', { selectors: [] }), server);
    if (deployed(worker)) await useWorker(call, address);
    else
      await runStep(call, {
        why: 'the worker charm, with the sample worker as its image',
        words: ['./charmlet', 'deploy', worker, '--resource', `${image}=./sample`],
      });
    await runStep(call, configStep(address));
    await runStep(call, {
      why: 'active means: the server has seen this worker poll',
      words: ['./charmlet', 'wait-for', 'application', worker, '--timeout', '60s'],
    });
    await runStep(call, {
      why: 'a client runs a workflow; the worker completes it',
      words: ['node_modules/.bin/node', 'sample/dist/client.mjs', '--name', 'World'],
      env: {
        TEMPORAL_ADDRESS: address,
        TEMPORAL_NAMESPACE: await option(call, 'namespace'),
        TEMPORAL_TASK_QUEUE: await option(call, 'queue'),
      },
    });
    await runStep(call, { why: 'what is running now', words: ['./charmlet', 'status'] });
    await runStep(call, {
      why: "the worker's own output",
      words: [
        './charmlet',
        'ssh',
        '--container',
        container,
        `${worker}/0`,
        '/charm/bin/pebble',
        'logs',
        container,
        '-n',
        '20',
      ],
    });
    call.out(closing(await uiOf(call)));
    return 0;
  },
};

async function deployServer(call: Invocation): Promise<void> {
  const { words, taken } = await portOptions();
  if (taken.length > 0)
    call.out(
      `\n# somebody else's process listens on ${taken.join(' and ')}; the demo uses no server but its own, so it takes other ports\n`,
    );
  await runStep(call, {
    why: 'a real Temporal server, with its data in a file',
    words: ['./charmlet', 'deploy', server, ...words],
  });
}

/**
 * The file of the sample names the usual address. When the demo's own server has another one, the options are given as
 * words: with the file the worker would turn to somebody else's server for a moment.
 */
function configStep(address: string): Step {
  const file = 'sample/config.yaml';
  const options =
    (readYaml(readInput('config file', file, root), file) as Record<string, Record<string, unknown>>)[worker] ?? {};
  if (sameServer(String(options.host), address)) {
    return { why: 'host, queue and namespace', words: ['./charmlet', 'config', worker, `--file=${file}`] };
  }
  const words = Object.entries({ ...options, host: address }).map(([key, value]) => `${key}=${value}`);
  return {
    why: `host, queue and namespace; the demo's own server listens on ${address}`,
    words: ['./charmlet', 'config', worker, ...words],
  };
}

/** An action that fails by its own word ends with code 0, as in Juju; the demo must not go on then. */
async function checkTask(call: Invocation): Promise<void> {
  const newest = (await call.client.call('operations', {})).sort((a, b) => Number(a.id) - Number(b.id)).at(-1);
  const failed = Object.values(newest?.tasks ?? {}).find((task) => task.status !== 'completed');
  if (failed)
    throw new Failure(
      `the demo stopped: the action did not succeed (look at: ./charmlet show-task ${failed.id}, ./charmlet status, and ./charmlet debug-log --replay --no-tail)`,
    );
}

/** A worker that was there before the demo is used, unless it works for another server than the demo's. */
async function useWorker(call: Invocation, address: string): Promise<void> {
  const host = await option(call, 'host');
  if (host !== '' && !sameServer(host, address)) {
    throw new Failure(
      `cannot go on with the demo: ${worker} is configured for the server "${host}", which is not the demo's own (remove the application, or set CHARMLET_DATA to another directory)`,
    );
  }
  call.out(`\n# ${worker} is deployed already\n`);
}

async function option(call: Invocation, name: string): Promise<string> {
  const { settings } = await call.client.call('configGet', { application: worker });
  return String(settings[name]?.value ?? '');
}

async function uiOf(call: Invocation): Promise<string> {
  const { settings } = await call.client.call('configGet', { application: server });
  return `http://127.0.0.1:${settings['ui-port']?.value ?? 8233}`;
}

function closing(ui: string): string {
  return `
The workflow was completed by a real worker on a real server. Both stay up.
  watch them            ./charmlet status --watch 2s
  follow the worker     ./charmlet ssh --container ${container} ${worker}/0 /charm/bin/pebble logs ${container} -f
  see the workflows     ${ui}
  end, keep the data    ./charmlet stop
  end and remove all    ./charmlet kill-controller --no-prompt
`;
}
