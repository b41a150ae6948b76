import { refuseExtra } from '../failure.ts';
import { formatOptions, writeFormatted } from '../output.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '',
  purpose: 'List the secrets of the model.',
  details: `
Those that users have added, and those of charms. Their content is not shown.`,
  examples: ['secrets', 'secrets --format yaml', 'secrets --owner application-postgresql-k8s'],
  options(command) {
    formatOptions(command, 'tabular', ['json', 'yaml']);
    command
      .option('--owner <tag>', 'only those of application-<name> or unit-<application>-<number>')
      .option('--revisions', 'show when each revision was made');
  },
  async run(call) {
    refuseExtra(call.args, 0);
    const { owner, revisions } = call.options;
    const { secrets } = await call.client.call('secrets', typeof owner === 'string' ? { owner } : {});
    const { secretsById, secretsTable, secretsYaml } = await import('../secrets/listing.ts');
    const parts = { access: false, revisions: revisions === true };
    await writeFormatted(call, secretsById(secrets, parts), {
      tabular: () => secretsTable(secrets, new Date()),
      yaml: () => secretsYaml(secrets, parts),
    });
    return 0;
  },
};
