// For `node --require`: leaves what the process needed at most, in megabytes.
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  writeFileSync(process.env.BENCH_PEAK_FILE, (process.resourceUsage().maxRSS / 1000).toFixed(0));
});
