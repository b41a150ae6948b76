import { join } from 'node:path';
import { runWorker } from 'temporal-worker-kit';
import * as activities from './activities/index.ts';

// Bundled by build.mjs: the worker starts in a second and needs neither a compiler nor node_modules.
await runWorker({ workflowBundle: { codePath: join(import.meta.dirname, 'workflow-bundle.js') }, activities });
