"""`make lint-security`: checkov, parliament and cdk-nag, whose findings are mended or explained."""
