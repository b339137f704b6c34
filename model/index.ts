export * from './attack';
export * from './cis';
export * from './errors';
export * from './evidence';
export * from './findings';
export * from './recommendations';
export * from './versions';
export * from './waivers';
