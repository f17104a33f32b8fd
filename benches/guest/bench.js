
task('empty', () => [null, [], null]);
task('echo', () => [null, [], plan.part('plan')]);
task('work', () => {
  let state = 1;
  for (let round = 0; round < 100000; round += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
  }
  return [null, [], state >>> 0];
});
