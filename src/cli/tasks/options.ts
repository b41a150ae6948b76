import type { Command } from 'commander';
import { formatOptions } from '../output.ts';

/** What `run` and `exec` have in common. */
export function taskOptions(command: Command): void {
  formatOptions(command, 'plain', ['json', 'yaml']);
  command
    .option('--background', 'run the task in the background')
    .option('--wait <duration>', 'how long to wait for the task to end')
    .option('--utc', 'show times in UTC')
    .option('--color', 'accepted for Juju')
    .option('--no-color', 'accepted for Juju');
}
