import type { Invocation } from './verb.ts';

/** How Juju's client names the one controller. */
export const controllerName = 'charmlet';

/** `charmlet:admin/default` of a short name. */
export const modelPath = (name: string): string => `${controllerName}:admin/${name}`;

/** The short name of the model that a command is for. */
export async function currentModel(call: Invocation): Promise<string> {
  return (await call.client.call('showModel', {}))['short-name'];
}

/** What `-m` names, else the environment; nothing for the model in focus. */
export function namedModel(options: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv): string | undefined {
  return typeof options.model === 'string' ? options.model : env.JUJU_MODEL || undefined;
}
