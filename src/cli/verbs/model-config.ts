import { parseConfigWords } from '../config-words.ts';
import { Failure } from '../failure.ts';
import { readInput } from '../input-file.ts';
import { currentModel } from '../model.ts';
import { nearest } from '../nearest.ts';
import { formatOptions, writeFormatted } from '../output.ts';
import { renderTable } from '../table.ts';
import type { Invocation, Verb } from '../verb.ts';

type Settings = Record<string, { value: unknown; source: 'default' | 'model' }>;

export const verb: Verb = {
  args: '[--reset <key[,key]>] [--file <file>] [<key>[=<value>] ...]',
  purpose: "Get, set or reset the model's settings.",
  examples: [
    'model-config',
    'model-config update-status-hook-interval=1m',
    'model-config juju-http-proxy=http://proxy:3128',
    'model-config --reset juju-http-proxy',
  ],
  options(command) {
    formatOptions(command, 'tabular', ['json', 'yaml']);
    command
      .option('--file <file>', 'YAML file with the settings')
      .option(
        '--reset <keys>',
        'keys to set back to their defaults, separated by commas',
        (keys: string, before: string[] = []) => [...before, ...keys.split(',')],
      );
  },
  async run(call) {
    const { key, values: typed, reset, file, shows } = parseConfigWords(call.args, call);
    if (shows) return await show(call, key);
    const inFile = file === undefined ? {} : await fileValues(file, call);
    const values = Object.fromEntries(
      Object.entries({ ...inFile, ...typed }).filter(([name]) => !reset.includes(name)),
    );
    const { messages } = await call.client.call('modelConfigSet', { values, reset: [...reset] });
    for (const message of messages) call.info(message);
    return 0;
  },
};

async function show(call: Invocation, key: string | undefined): Promise<number> {
  const settings: Settings = await call.client.call('modelConfigGet', {});
  if (key === undefined) {
    const names = Object.keys(settings).sort();
    const all = Object.fromEntries(
      names.map((name) => [name, { value: settings[name]?.value, source: settings[name]?.source }]),
    );
    await writeFormatted(call, all, {
      tabular: () =>
        renderTable([
          ['Attribute', 'From', 'Value'],
          ...names.map((name) => [name, settings[name]?.source ?? '', asText(settings[name]?.value)]),
        ]),
    });
    return 0;
  }
  const setting = Object.hasOwn(settings, key) ? settings[key] : undefined;
  if (!setting) {
    const meant = nearest(key, Object.keys(settings));
    throw new Failure(
      `key "${key}" not found in "admin/${await currentModel(call)}" model.${meant ? ` (did you mean "${meant}"?)` : ''}`,
    );
  }
  if (call.options.format === undefined) call.out(`${asText(setting.value)}\n`);
  else await writeFormatted(call, setting.value, {});
  return 0;
}

async function fileValues(file: string, call: Invocation): Promise<Record<string, string>> {
  const { readYaml } = await import('../yaml-input.ts');
  const parsed = readYaml(readInput('config file', file, call.cwd), file);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new Failure(`cannot use config file "${file}": it holds no map of settings`);
  return Object.fromEntries(Object.entries(parsed).map(([key, value]) => [key, asText(value)]));
}

function asText(value: unknown): string {
  return value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}
