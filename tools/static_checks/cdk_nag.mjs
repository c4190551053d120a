// Prints, as a JSON array, what cdk-nag finds in the CloudFormation templates (JSON files) of its command line.
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';

const app = new App();
for (const templateFile of process.argv.slice(2)) {
  new CfnInclude(new Stack(app, path.basename(templateFile, '.json')), 'Template', { templateFile });
}
const packs = [new AwsSolutionsChecks(), new ServerlessChecks()];
console.log(JSON.stringify(packs.flatMap((pack) => pack.validateScope(app).violations)));
