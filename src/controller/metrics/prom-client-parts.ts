import { createRequire } from 'node:module';

type PromClient = typeof import('prom-client');

const require = createRequire(import.meta.url);

/**
 * The parts of `prom-client` that are used here, each from its own file: the package's entry brings the tracing API and
 * the cluster module along, which would cost the controller 7 MB for nothing.
 */
export const Counter = require('prom-client/lib/counter.js') as PromClient['Counter'];
export const Gauge = require('prom-client/lib/gauge.js') as PromClient['Gauge'];
export const Histogram = require('prom-client/lib/histogram.js') as PromClient['Histogram'];
export const Registry = require('prom-client/lib/registry.js') as PromClient['Registry'];
