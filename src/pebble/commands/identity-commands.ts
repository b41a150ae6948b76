import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Arguments, expectArguments, type OptionRules, UsageError } from './arguments.ts';
import { type CommandContext, formatOption, inFormat, type PebbleCommand, printed } from './command.ts';
import { refuse } from './file-commands.ts';
import { renderTable } from './table.ts';

/** As the API shows it; secrets are masked. */
type Identity = { readonly access: string } & Readonly<Partial<Record<'local' | 'basic' | 'cert', object>>>;

const fromOption: OptionRules = { from: { long: 'from', value: true } };

/** Who may call the daemon. Files of identities may hold hashes of passwords, which is why they are no arguments. */
export const identityCommands: Readonly<Record<string, PebbleCommand>> = {
  identities: {
    summary: 'List all identities',
    usage: 'pebble identities [--format=<format>]',
    options: formatOption,
    async run(args, context) {
      expectArguments(args, []);
      const identities = await known(context);
      return inFormat(args.value('format'), { identities }, () => {
        const rows = Object.entries(identities).map(([name, identity]) => {
          const types = ['basic', 'local'].filter((type) => Object.hasOwn(identity, type));
          return [name, identity.access, types.join(',') || 'unknown'];
        });
        if (rows.length === 0) return printed('', 'No identities.\n');
        return printed(renderTable([['Name', 'Access', 'Types'], ...rows]));
      });
    },
  },
  identity: {
    summary: 'Show a single identity',
    usage: 'pebble identity [--format=<format>] <name>',
    options: formatOption,
    async run(args, context) {
      expectArguments(args, ['name']);
      const name = args.positional[0] as string;
      const identities = await known(context);
      const identity = Object.hasOwn(identities, name) ? identities[name] : undefined;
      if (!identity) throw new UsageError(`cannot find identity "${name}"`);
      return inFormat(args.value('format') === 'json' ? 'json' : 'yaml', identity, () => printed(''));
    },
  },
  'add-identities': {
    summary: 'Add new identities',
    usage: 'pebble add-identities --from=<file>',
    options: fromOption,
    run: (args, context) =>
      change('add', args, context, (count) => `Added ${count === 1 ? '1 new identity' : `${count} new identities`}.\n`),
  },
  'update-identities': {
    summary: 'Update or replace identities',
    usage: 'pebble update-identities [--replace] --from=<file>',
    options: { ...fromOption, replace: { long: 'replace' } },
    run: (args, context) =>
      args.has('replace')
        ? change('replace', args, context, (count) => `Replaced ${identitiesOf(count)}.\n`)
        : change('update', args, context, (count) => `Updated ${identitiesOf(count)}.\n`),
  },
  'remove-identities': {
    summary: 'Remove identities',
    usage: 'pebble remove-identities --from=<file>',
    options: fromOption,
    run: (args, context) => change('remove', args, context, (count) => `Removed ${identitiesOf(count)}.\n`),
  },
};

async function known({ client }: CommandContext): Promise<Readonly<Record<string, Identity>>> {
  return ((await client.call('GET', '/v1/identities')).result ?? {}) as Record<string, Identity>;
}

async function change(
  action: 'add' | 'update' | 'replace' | 'remove',
  args: Arguments,
  { client, cwd }: CommandContext,
  done: (count: number) => string,
): Promise<ReturnType<typeof printed>> {
  expectArguments(args, []);
  const file = args.value('from');
  if (file === undefined) throw new UsageError("the required flag `--from' was not specified");
  const text = await readFile(resolve(cwd, file), 'utf8').catch(refuse(`open ${file}`));
  const identities = await parseIdentities(text);
  await client.call('POST', '/v1/identities', { action, identities });
  return printed(done(Object.keys(identities).length));
}

/** What is wrong is told without the text, which may hold secrets. */
async function parseIdentities(text: string): Promise<object> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { prettyErrors: false });
  const [error] = document.errors;
  if (error) throw new UsageError(`cannot unmarshal identities: yaml: ${error.message}`);
  const { identities } = (document.toJS() ?? {}) as { identities?: unknown };
  if (typeof identities !== 'object' || identities === null || Object.keys(identities).length === 0) {
    throw new UsageError('no identities to add; did you forget the top-level "identities" key?');
  }
  return identities;
}

function identitiesOf(count: number): string {
  return count === 1 ? '1 identity' : `${count} identities`;
}
