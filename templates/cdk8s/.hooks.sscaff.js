/**
 * Lets `cdk8s init` write the application template: the folder beside this one, which `keelson init` and `pulumi new` use, too.
 * sscaff, which cdk8s-cli scaffolds with, calls this in the folder of the new project, and names it by `$base`.
 */
exports.post = ({ $base: name }) => {
  // Here and not above: sscaff ignores a hook that cannot be loaded, and would write nothing without a word.
  require('../../lib/cli/init').init('.', { name });
};
