import { access, constants } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';

/**
 * A program that comes with a server, such as its checker: what the variable names, else beside the server, else on
 * `PATH`; undefined where there is none.
 */
export async function findTool(
  tool: { readonly command: string; readonly variable: string },
  server: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const onPath = (env.PATH ?? '').split(delimiter).filter((dir) => dir.startsWith('/'));
  const places = [dirname(server), ...onPath].map((dir) => join(dir, tool.command));
  const explicit = env[tool.variable];
  for (const place of explicit ? [explicit, ...places] : places) {
    const usable = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) return place;
  }
  return undefined;
}
