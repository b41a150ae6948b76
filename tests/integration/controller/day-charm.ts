import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeCharm } from './controller.ts';

/** What a hook of the day's charm can be made to kill: the controller, its unit's supervisor, itself, or a hook command. */
export const victims = ['controller', 'supervisor', 'dispatch', 'command'] as const;
export type Victim = (typeof victims)[number];

/**
 * Every hook keeps in state, which is committed with it, what it was told; and does what charms do: it writes databags,
 * reads options and a secret, and has a worker run in its container. `order` in the day's directory says at which hook
 * command from now on what is killed: `controller 3`.
 */
const dispatch = (day: string, node: string) => `#!/bin/sh
event=\${JUJU_DISPATCH_PATH##*/}
here=$JUJU_CHARM_DIR/..
# Takes one off the count of the order; at the end of it the order is this hook's to carry out.
due() {
  mv ${day}/order ${day}/order.$$ 2>/dev/null || return 1
  read -r victim left <${day}/order.$$
  [ "$left" -gt 0 ] || { rm ${day}/order.$$; echo "$victim $event" >>${day}/killed; return 0; }
  echo "$victim $((left - 1))" >${day}/order.$$; mv ${day}/order.$$ ${day}/order; return 1
}
t() {
  if due; then case $victim in
    controller) kill -9 "$(cat ${day}/controller.pid)" ;;
    supervisor) for file in "$here"/containers/box/supervisor.pid; do
        [ ! -e "$file" ] || kill -9 "$(sed 's/.*"pid":\\([0-9]*\\).*/\\1/' "$file")"; done ;;
    dispatch) kill -9 $$ ;;
    command) "$@" >/dev/null & kill -9 $!; wait $! ;;
  esac; fi
  "$@"
}
work() { ${node} ${day}/work.mjs "$CHARM_CONTAINERS_DIR/box/pebble.socket" "$JUJU_UNIT_NAME"; }
case $event in
install | upgrade-charm) t status-set maintenance "$event" || exit 1 ;;
config-changed)
  word=$(t config-get word) && t state-set "word=$word" || exit 1
  token=$(t config-get token) || exit 1
  if [ -n "$token" ]; then value=$(t secret-get "$token" value) && t state-set "value=$value" || exit 1; fi
  t status-set active "word $word" || exit 1 ;;
secret-changed) value=$(t secret-get "$JUJU_SECRET_ID" --refresh value) && t state-set "value=$value" || exit 1 ;;
box-pebble-ready) work || exit 1 ;;
*-relation-created) t relation-set "from=$JUJU_UNIT_NAME" || exit 1 ;;
*-relation-changed) [ -z "$JUJU_REMOTE_UNIT" ] || [ "$(t relation-get from)" = "$JUJU_REMOTE_UNIT" ] || exit 1 ;;
mark) echo "$JUJU_UNIT_NAME" >>${day}/marks; t action-set done=yes || exit 1; exit 0 ;;
esac
[ "$event" = update-status ] && exit 0
told=$(t state-get told) || exit 1
t state-set "told=$told $event\${JUJU_REMOTE_UNIT:+:$JUJU_REMOTE_UNIT}" || exit 1
`;

/** Gives the container its layer and starts what it says, as an agent does: twice is as good as once. */
const work = `import { request } from 'node:http';
const [, , socketPath, unit] = process.argv;
const ask = (path, body) => new Promise((resolve, reject) => {
  const sent = request({ socketPath, path, method: 'POST', headers: { 'content-type': 'application/json' } });
  sent.on('response', (answer) => answer.resume().on('end', () => answer.statusCode < 300 ? resolve() : reject(new Error(path + answer.statusCode))));
  sent.on('error', reject).end(JSON.stringify(body));
});
const layer = { services: { work: { override: 'replace', startup: 'enabled', command: 'sleep 86399', environment: { DAY_WORKER: unit } } } };
await ask('/v1/layers', { action: 'add', combine: true, label: 'day', format: 'yaml', layer: JSON.stringify(layer) });
await ask('/v1/services', { action: 'replan' });
`;

const metadata = `name: day
containers: {box: {resource: box-image}}
resources: {box-image: {type: oci-image}}
storage: {certs: {type: filesystem}}
peers: {mates: {interface: mates}}
provides: {gives: {interface: pair}}
requires: {takes: {interface: pair}}
`;

/** Writes the charm and its image below `day`. */
export function writeDayCharm(day: string): { readonly charm: string; readonly image: string } {
  const image = join(day, 'image');
  mkdirSync(join(image, 'bin'), { recursive: true });
  writeFileSync(join(day, 'work.mjs'), work);
  const charm = writeCharm(join(day, 'charm'), {
    name: 'day',
    files: {
      'metadata.yaml': metadata,
      'config.yaml': 'options: {word: {type: string, default: w0}, token: {type: secret}}\n',
      'actions.yaml': 'mark: {description: Leaves a mark.}\n',
      dispatch: dispatch(day, process.execPath),
    },
  });
  chmodSync(join(charm, 'dispatch'), 0o755);
  return { charm, image };
}
