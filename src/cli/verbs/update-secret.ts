import { usageError } from '../failure.ts';
import { secretInput } from '../secrets/content.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<ID>|<name> [key[#base64|#file]=value...]',
  purpose: 'Update an existing secret.',
  details: `
The keys and values that are given replace the whole content: a new revision, of which every unit that has read the secret
is told. The same content makes no revision. Old revisions stay until they are removed; with --auto-prune each goes when no
unit reads it any more.`,
  examples: [
    'update-secret my-secret key1=value3 key2=value2',
    'update-secret my-secret --file=./secret.yaml --auto-prune',
    'update-secret secret:9m4e2mr0ui3e8a215n4g --name db-password --info "of the database"',
  ],
  options(command) {
    command
      .option('--auto-prune', 'remove revisions that no unit reads any more')
      .option('--no-auto-prune', 'keep them again')
      .option('--name <name>', 'another name')
      .option('--info <text>', "the secret's description")
      .option('--file <file>', 'YAML file with keys and values');
  },
  async run(call) {
    const [secret, ...words] = call.args;
    if (secret === undefined) throw usageError('missing secret URI');
    const { name, info, autoPrune } = call.options;
    await call.client.call('updateSecret', {
      secret,
      ...(typeof name === 'string' && name !== '' && { newName: name }),
      ...(typeof info === 'string' && info !== '' && { info }),
      ...(typeof autoPrune === 'boolean' && { autoPrune }),
      content: await secretInput(call, words),
    });
    return 0;
  },
};
