import { needNoMore } from '../arguments.ts';
import { anyFormat, type HookCommand } from '../command.ts';
import { CommandError, UsageError } from '../command-error.ts';
import type { HookContext } from '../context.ts';
import { goQuote } from '../go-text.ts';

export const storageCommands: Readonly<Record<string, HookCommand>> = {
  'storage-list': {
    args: '[<storage-name>]',
    purpose: 'List storage attached to the unit.',
    coverage: 'complete',
    formats: anyFormat,
    run({ context, args: [name = '', ...more] }) {
      needNoMore(more);
      const storages = attached(context).filter((storage) => name === '' || storage.id.startsWith(`${name}/`));
      return { value: storages.map((storage) => storage.id) };
    },
  },
  'storage-get': {
    args: '[<key>]',
    purpose: 'Print information for the storage instance with the specified ID.',
    coverage: 'complete',
    formats: anyFormat,
    flags: { s: 'storage' },
    run({ context, flags, args: [key = '', ...more] }) {
      const id = flags.text('s') ?? context.event.storage?.id;
      if (id === undefined) {
        throw new UsageError('no storage instance specified');
      }
      needNoMore(more);
      const storage = attached(context).find((each) => each.id === id);
      if (!storage) {
        throw new CommandError(`storage ${goQuote(id)} not found`);
      }
      const values = new Map([
        ['kind', storage.kind],
        ['location', storage.location],
      ]);
      if (key !== '' && !values.has(key)) {
        throw new CommandError(`invalid storage attribute ${goQuote(key)}`);
      }
      return { value: key === '' ? Object.fromEntries(values) : values.get(key) };
    },
  },
  'storage-add': {
    args: '<charm storage name>[=count] ...',
    purpose: 'Add storage instances.',
    coverage: 'partial',
    note: 'Always refused: the volumes of a running unit on Kubernetes cannot change.',
    run({ args }) {
      if (args.length === 0) {
        throw new UsageError('storage add requires a storage directive');
      }
      throw new CommandError('adding storage to a running unit on a "caas" model not supported');
    },
  },
};

/** The unit's storage; the one that a storage hook is about is there from its attached to its detaching hook. */
function attached(
  context: HookContext,
): readonly { readonly id: string; readonly kind: string; readonly location: string }[] {
  const storages = context.model.storages(context.unit);
  const own = context.event.storage;
  return own && !storages.some((storage) => storage.id === own.id) ? [...storages, own] : storages;
}
