export * from './database.ts';
export * from './environment.ts';
export * from './greet.ts';
export * from './vault.ts';
