import type { ConfigListing } from '../../controller/api.ts';
import { parseConfigWords } from '../config-words.ts';
import { Failure } from '../failure.ts';
import { readInput } from '../input-file.ts';
import { readStdin } from '../io.ts';
import { nearest } from '../nearest.ts';
import { oneApplication } from '../one-application.ts';
import { formatOptions, writeFormatted } from '../output.ts';
import type { Invocation, Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<application> [--reset <key[,key]>] [--file <file>] [<key>[=<value>] ...]',
  purpose: 'Get, set or reset the options of a deployed application.',
  details: `
Without a key every option is listed. A value @file stands for the content of that file. The file of --file is YAML whose
top-level key is the application's name; "-" stands for stdin. Several values at once are one change; what is typed wins over
the file.`,
  examples: [
    'config temporal-worker-k8s',
    'config temporal-worker-k8s log-level',
    'config temporal-worker-k8s host=localhost:7233 queue=test-queue',
    'config temporal-worker-k8s --file=config.yaml',
    'config temporal-worker-k8s --reset log-level,queue',
  ],
  options(command) {
    formatOptions(command, 'yaml', ['json']);
    command
      .option('--file <file>', 'YAML file with the options')
      .option(
        '--reset <keys>',
        'keys to set back to their defaults, separated by commas',
        (keys: string, before: string[] = []) => [...before, ...keys.split(',')],
      );
  },
  async run(call) {
    const application = oneApplication(call.args, Number.POSITIVE_INFINITY);
    const { key, values, reset, file, shows } = parseConfigWords(call.args.slice(1), call);
    if (shows) return await show(call, application, key);
    const yaml =
      file === undefined
        ? {}
        : { yaml: { file, text: file === '-' ? await readStdin(call) : readInput('config file', file, call.cwd) } };
    const { messages } = await call.client.call('configSet', {
      application,
      values: { ...values },
      reset: [...reset],
      ...yaml,
    });
    for (const message of messages) call.info(message);
    return 0;
  },
};

async function show(call: Invocation, application: string, key: string | undefined): Promise<number> {
  const listing = await call.client.call('configGet', { application });
  if (key === undefined) {
    await writeFormatted(call, sorted(listing), {});
    return 0;
  }
  const entries = { ...listing['application-config'], ...listing.settings };
  const entry = Object.hasOwn(entries, key) ? entries[key] : undefined;
  if (!entry) {
    const meant = nearest(key, Object.keys(entries));
    throw new Failure(
      `key "${key}" not found in "${application}" application config or charm settings.${meant ? ` (did you mean "${meant}"?)` : ''}`,
    );
  }
  if (call.options.format === undefined) {
    const text = entry.value === undefined ? '' : String(entry.value);
    call.out(text.endsWith('\n') ? text : `${text}\n`);
    return 0;
  }
  await writeFormatted(call, entry.value ?? null, {});
  return 0;
}

/** Keys in alphabetical order, as Go writes maps. */
function sorted(listing: ConfigListing): ConfigListing {
  const byKey = <T>(map: Record<string, T>): Record<string, T> =>
    Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
  const { application, charm } = listing;
  return {
    application,
    'application-config': byKey(listing['application-config']),
    charm,
    settings: byKey(listing.settings),
  } as ConfigListing;
}
