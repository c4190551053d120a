"""The namespaces in which AWS's services publish their metrics.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html
"""

from __future__ import annotations

API_GATEWAY = "AWS/ApiGateway"
LAMBDA = "AWS/Lambda"
S3 = "AWS/S3"
STEP_FUNCTIONS = "AWS/States"
