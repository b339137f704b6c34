export * from './reach-svg';
