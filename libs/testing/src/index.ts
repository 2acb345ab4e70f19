export { coordinatesFile } from './database/coordinates.js';
export type { DatabaseCoordinates } from './database/coordinates.js';
export { testDatabase } from './database/test-database.js';
export type { DatabaseRole, TestDatabase } from './database/test-database.js';
export { freePort } from './free-port.js';
