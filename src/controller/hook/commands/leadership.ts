import { needNoMore } from '../arguments.ts';
import { anyFormat, type HookCommand } from '../command.ts';

export const leadershipCommands: Readonly<Record<string, HookCommand>> = {
  'is-leader': {
    args: '',
    purpose: 'Print application leadership status.',
    coverage: 'complete',
    formats: anyFormat,
    run({ context, args }) {
      needNoMore(args);
      return { value: context.isLeader() };
    },
  },
};
