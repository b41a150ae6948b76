/** Gets the servers of this part: what is on PATH or in the cache is taken as it is. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { alertmanagerBinary } from '../../../src/companions/alertmanager-k8s/alertmanager-binary.ts';
import { obtainBinary } from '../../../src/companions/binary.ts';
import { obtainLogServer } from '../../../src/companions/loki-k8s/log-server.ts';
import { prometheusBinary } from '../../../src/companions/prometheus-k8s/prometheus-binary.ts';
import { temporalBinary } from '../../../src/companions/temporal-k8s/temporal-binary.ts';

const { env } = process;
const cache = env.CHARMLET_CACHE ?? join(env.XDG_CACHE_HOME ?? join(env.HOME ?? homedir(), '.cache'), 'charmlet');
const places = { cache, env };
const say = (line: string) => console.log(line);
for (const binary of [temporalBinary, prometheusBinary, alertmanagerBinary])
  await obtainBinary(binary, { places, say });
await obtainLogServer(places, say);
