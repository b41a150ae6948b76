/**
 * A workflow interceptor: it is bundled into the workflows' sandbox, and may import nothing else.
 */
import {
  ContinueAsNew,
  isCancellation,
  proxySinks,
  type Sinks,
  type WorkflowInterceptorsFactory,
} from '@temporalio/workflow';

/** An error as it can leave the sandbox. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

/** How the sandbox tells the worker of an error: the error and its causes, the outermost first, and the arguments. */
export interface WorkflowErrorSinks extends Sinks {
  temporalWorkerKit: { workflowFailed(errors: readonly PlainError[], args: string): void };
}

const longestChain = 8;

export const interceptors: WorkflowInterceptorsFactory = () => {
  const { temporalWorkerKit } = proxySinks<WorkflowErrorSinks>();
  return {
    inbound: [
      {
        async execute(input, next) {
          try {
            return await next(input);
          } catch (error) {
            if (!(error instanceof ContinueAsNew) && !isCancellation(error)) {
              temporalWorkerKit.workflowFailed(chainOf(error), textOf(input.args));
            }
            throw error;
          }
        },
      },
    ],
  };
};

function chainOf(error: unknown): PlainError[] {
  const chain: PlainError[] = [];
  for (let next = error; next !== undefined && next !== null && chain.length < longestChain; ) {
    if (!(next instanceof Error)) {
      chain.push({ name: 'Error', message: String(next), stack: '' });
      break;
    }
    chain.push({ name: next.name, message: next.message, stack: next.stack ?? '' });
    next = next.cause;
  }
  return chain;
}

function textOf(args: readonly unknown[]): string {
  try {
    return JSON.stringify(args);
  } catch {
    return '[]';
  }
}
