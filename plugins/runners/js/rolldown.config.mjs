// One file out of all; what begins with `jospar:` is the host's.
export default { input: 'runner.js', external: /^jospar:/, output: { file: 'bundle.js', format: 'esm' } };
