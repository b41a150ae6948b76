/** Gets the servers that this part's tests start into the cache of whoever runs this, so that no test waits for a build. */
import { obtainBinary } from '../../../src/companions/binary.ts';
import { temporalK8s } from '../../../src/companions/temporal-k8s/index.ts';
import { vaultBinary } from '../../../src/companions/vault-k8s/vault-binary.ts';
import { pathsFrom } from '../../../src/controller/paths.ts';

const places = { cache: pathsFrom(process.env).cache, env: process.env };
const say = (line: string) => console.log(line);
await temporalK8s.prepare(places, say);
await obtainBinary(vaultBinary, { places, say });
