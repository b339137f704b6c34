export * from './control';
export * from './controls';
export * from './enforce/admission';
export * from './enforce/check';
export * from './enforce/exempt';
export * from './enforce/synth';
export * from './subjects';
