import { existsSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Paths } from '../controller/paths.ts';

/** Does a supervisor of these directories still run, as it does after the death of its controller? */
export async function hasSurvivors(paths: Paths): Promise<boolean> {
  const units = join(paths.runtime, 'u');
  if (!existsSync(units)) return false;
  const sockets = readdirSync(units, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('/pebble.socket'),
  );
  const living = await Promise.all(sockets.map((name) => answers(join(units, name))));
  return living.includes(true);
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    const end = (isThere: boolean) => {
      connection.destroy();
      resolve(isThere);
    };
    connection.once('connect', () => end(true));
    connection.once('error', () => end(false));
  });
}
