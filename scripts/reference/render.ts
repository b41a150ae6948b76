import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface OptionEntry {
  readonly type?: string;
  readonly default?: string | number | boolean;
  readonly description?: string;
}

interface ActionEntry {
  readonly description?: string;
  readonly params?: Readonly<Record<string, { readonly type?: string; readonly description?: string }>>;
  readonly required?: readonly string[];
}

/** The generated pages of docs/reference: path -> text. They are made from the files that the programs themselves read. */
export async function renderReference(): Promise<Record<string, string>> {
  const { hookCommandTable } = await import('../../src/controller/hook/table.ts');
  return {
    'docs/reference/options.md': optionsPage(parse(readFileSync('config.yaml', 'utf8')).options),
    'docs/reference/actions.md': actionsPage(parse(readFileSync('actions.yaml', 'utf8'))),
    'docs/reference/hook-commands.md': hookCommandsPage(hookCommandTable),
  };
}

function optionsPage(options: Readonly<Record<string, OptionEntry>>): string {
  const rows = Object.entries(options)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, option]) =>
        `| \`${name}\` | ${option.type ?? 'string'} | ${shown(option.default)} | ${oneLine(option.description)} |`,
    );
  return page('Configuration options', 'config.yaml', [
    '| option | type | default | meaning |',
    '|---|---|---|---|',
    ...rows,
  ]);
}

function actionsPage(actions: Readonly<Record<string, ActionEntry>>): string {
  const rows = Object.entries(actions).map(([name, action]) => {
    const params = Object.entries(action.params ?? {}).map(
      ([key, param]) =>
        `\`${key}\`${action.required?.includes(key) ? '' : ' (optional)'}: ${oneLine(param.description)}`,
    );
    return `| \`${name}\` | ${params.join('<br>') || '–'} | ${oneLine(action.description)} |`;
  });
  return page('Actions', 'actions.yaml', ['| action | parameters | what it does |', '|---|---|---|', ...rows]);
}

function hookCommandsPage(
  table: readonly { readonly name: string; readonly complete: boolean; readonly note: string }[],
): string {
  const rows = table.map((row) => `| \`${row.name}\` | ${row.complete ? 'complete' : 'partial'} | ${row.note} |`);
  return page('Hook commands of the local controller', 'src/controller/hook/table.ts', [
    '| command | | note |',
    '|---|---|---|',
    ...rows,
  ]);
}

function page(title: string, source: string, lines: readonly string[]): string {
  return [`# ${title}`, '', `Made from \`${source}\` by \`npm run docs\`.`, '', ...lines, ''].join('\n');
}

function shown(value: string | number | boolean | undefined): string {
  return value === undefined ? 'none' : `\`${JSON.stringify(value)}\``;
}

function oneLine(text: string | undefined): string {
  return (text ?? '').trim().replace(/\s+/g, ' ').replaceAll('|', '\\|');
}
