import { needNoMore } from '../arguments.ts';
import type { HookCommand, HookCommandCall } from '../command.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { goQuote } from '../go-text.ts';
import type { SecretChange } from '../model.ts';
import { newSecretId, tagOf, wantedSecret } from '../names.ts';
import { secretAccessCommands } from './secret-access.ts';
import { parseContent, parseExpiry, rotatePolicies } from './secret-content.ts';
import { secretReadCommands } from './secret-read.ts';

const upsertFlags = {
  expire: 'string',
  rotate: 'string',
  description: 'string',
  label: 'string',
  file: 'string',
  owner: 'string',
} as const;

export const secretCommands: Readonly<Record<string, HookCommand>> = {
  ...secretReadCommands,
  ...secretAccessCommands,
  'secret-add': {
    args: '[key[#base64|#file]=value...]',
    purpose: 'Add a new secret.',
    coverage: 'complete',
    flags: upsertFlags,
    async run(call) {
      const { context, flags, args } = call;
      if (args.length === 0 && !flags.text('file')) {
        throw new UsageError('missing secret value or filename');
      }
      const change = await upsert(call, newSecretId(), args);
      if (!change.content) {
        throw new CommandError('empty secret value not valid');
      }
      const isUnit = flags.text('owner') === 'unit';
      if (!isUnit) {
        context.needLeader();
      }
      context.secrets.add({ ...change, owner: tagOf(isUnit ? context.unit : context.application) });
      return { text: `secret:${change.id}\n` };
    },
  },
  'secret-set': {
    args: '<ID> [key[#base64|#file]=value...]',
    purpose: 'Update an existing secret.',
    coverage: 'complete',
    flags: upsertFlags,
    async run(call) {
      const { context, args } = call;
      const id = wantedSecret(args[0]);
      const change = await upsert(call, id, args.slice(1));
      needOwnership(call, id);
      context.secrets.change(change);
      return undefined;
    },
  },
  'secret-remove': {
    args: '<ID>',
    purpose: 'Remove an existing secret.',
    coverage: 'complete',
    flags: { revision: 'int' },
    run(call) {
      const { context, flags, args } = call;
      const id = wantedSecret(args[0]);
      needNoMore(args.slice(1));
      needOwnership(call, id);
      const revision = flags.number('revision') ?? 0;
      context.secrets.remove(id, revision > 0 ? revision : null);
      return undefined;
    },
  },
};

/** An application's secret is its leader's to change. Whether the secret is there at all is found out at the end of the hook, as in Juju. */
function needOwnership({ context }: HookCommandCall, id: string): void {
  const owner = context.secrets.added(id)?.owner ?? context.model.secret(id)?.owner;
  if (owner === tagOf(context.application)) {
    context.needLeader();
  }
}

async function upsert(call: HookCommandCall, id: string, args: readonly string[]): Promise<SecretChange> {
  const { flags, readInput, readBytes } = call;
  const expire = flags.text('expire');
  const rotation = flags.text('rotate');
  const owner = flags.text('owner') ?? 'application';
  const expires = expire ? parseExpiry(expire, new Date()) : undefined;
  if (rotation && !rotatePolicies.includes(rotation)) {
    throw new UsageError(`rotate policy ${goQuote(rotation)} not valid`);
  }
  if (owner !== 'application' && owner !== 'unit') {
    throw new UsageError(`secret owner ${goQuote(owner)} not valid`);
  }
  const content = await parseContent(args, flags.text('file'), {
    text: (path) => readInput(path, 'file'),
    bytes: readBytes,
  });
  const label = flags.text('label');
  const description = flags.text('description');
  return {
    id,
    ...(label ? { label } : {}),
    ...(description ? { description } : {}),
    ...(rotation ? { rotation } : {}),
    ...(expires ? { expires } : {}),
    ...(Object.keys(content).length > 0 ? { content } : {}),
  };
}
