/** Gets the servers that the integration tests start into the cache of whoever runs this, so that no test waits for a build. */
import { temporalK8s } from '../../src/companions/temporal-k8s/index.ts';
import { pathsFrom } from '../../src/controller/paths.ts';

await temporalK8s.prepare({ cache: pathsFrom(process.env).cache, env: process.env }, (line) => console.log(line));
