import { usageError } from '../failure.ts';
import { secretInput } from '../secrets/content.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<name> [key[#base64|#file]=value...]',
  purpose: 'Add a new secret.',
  details: `
Prints the secret's ID. A key has at least three characters: lower-case letters, digits and single hyphens, a letter first.
A value after #base64 is in base64 already, one after #file is the path of a file with the value. The file of --file is YAML
or JSON with the keys and values; "-" stands for stdin. What stands on a command line can be read by others on this machine
while it runs; a file cannot.

The secret belongs to the model. An application can read it once it has been granted (grant-secret).`,
  examples: [
    'add-secret my-secret key1=value1 key2=value2',
    'add-secret my-secret key#base64=AA== certificate#file=./cert.pem',
    'add-secret my-auth-secret --file=./auth-secret.yaml --info "for the workers"',
  ],
  options(command) {
    command
      .option('--info <text>', "the secret's description")
      .option('--file <file>', 'YAML file with keys and values');
  },
  async run(call) {
    const [name, ...words] = call.args;
    if (name === undefined) throw usageError('secret name needs to be supplied as the first argument');
    const missing = /^([^=]*)=/.exec(name);
    if (missing)
      throw usageError(
        `secret name needs to be supplied as the first argument (there is "${missing[1]}=…" in its place)`,
      );
    if (words.length === 0 && call.options.file === undefined) throw usageError('missing secret value or filename');
    const info = typeof call.options.info === 'string' ? call.options.info : '';
    const { id } = await call.client.call('addSecret', { name, info, content: await secretInput(call, words) });
    call.out(`secret:${id}\n`);
    return 0;
  },
};
