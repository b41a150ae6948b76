import { existsSync } from 'node:fs';
import { isPath, parseConfigs, parseResources } from '../deploy-input.ts';
import { Failure, refuseExtra, usageError } from '../failure.ts';
import { userPath } from '../input-file.ts';
import { isApplicationName } from '../names.ts';
import type { Verb } from '../verb.ts';

const collect = (word: string, before: string[] = []) => [...before, word];

export const verb: Verb = {
  args: '<charm> [<application>]',
  purpose: 'Deploy an application or a bundle of them.',
  details: `
The charm is a name, or a path that starts with ./, ../ or /: a directory or a .charm file.

A bundle is a name as well: cos-lite deploys prometheus, alertmanager, loki and grafana and relates them. What is there already is
left as it is, so the same command goes on where an earlier one stopped. --dry-run tells what it would do.

A resource is given as <name>=<directory>: the directory is what the container holds. It is copied; with --live it is run in
place, so that changes are there after a restart.

--config takes key=value, key=@file, or a YAML file whose top-level key is the application's name; key=value wins.`,
  examples: [
    'deploy temporal-k8s',
    'deploy temporal-worker-k8s --resource temporal-worker-image=./sample',
    'deploy temporal-worker-k8s orders --resource temporal-worker-image=./orders --config config.yaml --config queue=orders',
    'deploy cos-lite --trust',
    'deploy ./my.charm --resource image=./workload --live',
  ],
  options(command) {
    command
      .option('--resource <name=value>', 'resource for the charm; may be repeated', collect)
      .option('--config <file|key=value>', 'options of the application; may be repeated', collect)
      .option('-n, --num-units <n>', 'number of units')
      .option('--live', 'run a directory resource in place instead of from a copy')
      .option('--trust', 'allow the application to use the credentials of the cloud')
      .option('--channel <channel>', 'channel to show; the charms here have one revision')
      .option('--revision <n>', 'accepted for Juju')
      .option('--base <base>', 'accepted for Juju')
      .option('--constraints <constraints>', 'accepted for Juju; there is one machine')
      .option('--storage <storage>', 'accepted for Juju', collect)
      .option('--force', 'accepted for Juju')
      .option('--dry-run', 'for a bundle: tell what would be done');
  },
  async run(call) {
    const [charm, application] = call.args;
    if (charm === undefined) throw usageError('no charm or bundle specified');
    refuseExtra(call.args, 2);
    if (application !== undefined && !isApplicationName(application))
      throw usageError(`invalid application name "${application}"`);
    const units = readUnits(call.options.numUnits);
    const resources = parseResources((call.options.resource as string[] | undefined) ?? [], call.cwd);
    const { values, files } = parseConfigs((call.options.config as string[] | undefined) ?? [], call.cwd);
    if (!isPath(charm)) {
      const { bundle } = await call.client.call('bundle', { name: charm });
      if (bundle && application !== undefined) throw new Failure('application name cannot be given with a bundle');
      if (bundle) return (await import('../deploy-bundle.ts')).deployBundle(call, charm, bundle);
    }
    if (call.options.dryRun) throw new Failure('cannot do a dry run: charmlet has none (leave out --dry-run)');
    for (const option of ['constraints', 'storage', 'base', 'revision'].filter(
      (name) => call.options[name] !== undefined,
    )) {
      call.info(`--${option} changes nothing here: there is one machine and one revision of each charm`);
    }
    if (!isPath(charm)) await (await import('../builds.ts')).buildCharm(call);
    await (await import('../builds.ts')).buildSample(call, Object.values(resources));

    const result = await call.client
      .call(
        'deploy',
        {
          charm: isPath(charm) ? userPath(charm, call.cwd) : charm,
          ...(application === undefined ? {} : { application }),
          units,
          config: values,
          configYaml: files,
          resources,
          live: call.options.live === true,
          trust: call.options.trust === true,
          ...(typeof call.options.channel === 'string' ? { channel: call.options.channel } : {}),
        },
        { onEvent: ({ progress }) => call.info(progress), signal: call.signal },
      )
      .catch((error: unknown) => {
        if (call.signal.aborted) call.info('\nthe deployment goes on (see "charmlet status")');
        if (
          error instanceof Failure &&
          !isPath(charm) &&
          existsSync(userPath(charm, call.cwd)) &&
          !error.message.includes(`./${charm}`)
        ) {
          throw new Failure(
            `${error.message} (there is a path of that name: did you mean "./${charm}"?)`,
            error.exitCode,
            { cause: error },
          );
        }
        throw error;
      });
    for (const message of result.messages) call.info(message);
    return 0;
  },
};

function readUnits(text: unknown): number {
  if (text === undefined) return 1;
  const units = Number(text);
  if (!/^[0-9]+$/.test(String(text)) || units < 1)
    throw usageError(`invalid value "${text}" for option --num-units (a number from 1)`);
  return units;
}
