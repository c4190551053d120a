"""The services and operations that the local cloud vouches for; all others are refused by name.

An operation stands here if our own engine answers it, or if moto does as AWS does for the cases
that its section of docs/fidelity.md does not except.
"""

from localcloud.gateway.errors import not_emulated
from localcloud.gateway.identify import Call
from localcloud.gateway.unknown_operation import unknown_operation

# By botocore's name of the service.
_OPERATIONS = {
    "apigateway": "GetAccount",
    "apigatewayv2": """
        CreateApi CreateIntegration CreateRoute CreateStage DeleteAccessLogSettings DeleteApi
        DeleteIntegration DeleteRoute DeleteStage GetApi GetApis GetIntegration GetIntegrations
        GetRoute GetRoutes GetStage GetStages GetTags TagResource UntagResource UpdateApi
        UpdateIntegration UpdateRoute UpdateStage""",
    "cloudformation": """
        ContinueUpdateRollback CreateChangeSet CreateStack DeleteChangeSet DeleteStack
        DescribeChangeSet DescribeStackEvents DescribeStackResource DescribeStackResources
        DescribeStacks ExecuteChangeSet GetTemplate GetTemplateSummary ListChangeSets
        ListStackResources ListStacks UpdateStack""",
    "cloudwatch": """
        DeleteAlarms DeleteDashboards DescribeAlarmHistory DescribeAlarms GetDashboard GetMetricData
        GetMetricStatistics ListDashboards ListMetrics ListTagsForResource PutDashboard
        PutMetricAlarm PutMetricData SetAlarmState TagResource UntagResource""",
    "dynamodb": """
        BatchGetItem BatchWriteItem CreateTable DeleteItem DeleteTable DescribeContinuousBackups
        DescribeLimits DescribeTable DescribeTimeToLive GetItem ListTables ListTagsOfResource
        PutItem Query Scan TagResource TransactGetItems TransactWriteItems UntagResource
        UpdateContinuousBackups UpdateItem UpdateTable UpdateTimeToLive""",
    "ec2": """
        AssociateRouteTable AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress
        CreateRouteTable CreateSecurityGroup CreateSubnet CreateTags CreateVpc CreateVpcEndpoint
        DeleteNetworkInterface DeleteRouteTable DeleteSecurityGroup DeleteSubnet DeleteTags
        DeleteVpc DeleteVpcEndpoints DescribeAvailabilityZones DescribeManagedPrefixLists
        DescribeNetworkAcls DescribeNetworkInterfaces DescribeRegions DescribeRouteTables
        DescribeSecurityGroupRules DescribeSecurityGroups DescribeSubnets DescribeTags
        DescribeVpcAttribute DescribeVpcEndpointServices DescribeVpcEndpoints DescribeVpcs
        DisassociateRouteTable ModifySubnetAttribute ModifyVpcAttribute ModifyVpcEndpoint
        RevokeSecurityGroupEgress RevokeSecurityGroupIngress""",
    "events": """
        DeleteRule DescribeEventBus DescribeRule DisableRule EnableRule ListEventBuses
        ListRuleNamesByTarget ListRules ListTagsForResource ListTargetsByRule PutEvents PutRule
        PutTargets RemoveTargets TagResource UntagResource""",
    "fis": """
        CreateExperimentTemplate DeleteExperimentTemplate GetExperiment GetExperimentTemplate
        ListExperimentTemplates ListTagsForResource StartExperiment StopExperiment TagResource
        UntagResource UpdateExperimentTemplate""",
    "iam": """
        AttachRolePolicy AttachUserPolicy CreateAccessKey CreatePolicy CreatePolicyVersion
        CreateRole CreateServiceLinkedRole CreateUser DeleteAccessKey DeletePolicy
        DeletePolicyVersion DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy
        DeleteUser DeleteUserPolicy DetachRolePolicy DetachUserPolicy
        GetAccountAuthorizationDetails GetPolicy GetPolicyVersion GetRole GetRolePolicy GetUser
        GetUserPolicy ListAccessKeys ListAttachedRolePolicies ListAttachedUserPolicies
        ListEntitiesForPolicy ListPolicies ListPolicyTags ListPolicyVersions ListRolePolicies
        ListRoleTags ListRoles ListUserPolicies ListUserTags ListUsers
        PutRolePermissionsBoundary PutRolePolicy PutUserPolicy SetDefaultPolicyVersion
        SimulatePrincipalPolicy TagPolicy TagRole TagUser UntagPolicy UntagRole UntagUser
        UpdateAccessKey UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription""",
    "kms": """
        CancelKeyDeletion CreateAlias CreateKey Decrypt DeleteAlias DescribeKey DisableKey
        DisableKeyRotation EnableKey EnableKeyRotation Encrypt GenerateDataKey GetKeyPolicy
        GetKeyRotationStatus ListAliases ListKeyPolicies ListKeys ListResourceTags PutKeyPolicy
        ScheduleKeyDeletion TagResource UntagResource UpdateAlias UpdateKeyDescription""",
    "lambda": """
        AddPermission CreateFunction DeleteFunction DeleteFunctionConcurrency
        DeleteFunctionEventInvokeConfig DeleteLayerVersion GetAccountSettings GetFunction
        GetFunctionConfiguration GetFunctionEventInvokeConfig GetLayerVersion GetPolicy Invoke
        ListFunctions ListLayers ListTags PublishLayerVersion PutFunctionConcurrency
        PutFunctionEventInvokeConfig RemovePermission TagResource UntagResource UpdateFunctionCode
        UpdateFunctionConfiguration""",
    "logs": """
        CreateLogGroup CreateLogStream DeleteLogGroup DeleteLogStream DeleteResourcePolicy
        DeleteRetentionPolicy DescribeLogGroups DescribeLogStreams DescribeResourcePolicies
        FilterLogEvents GetLogEvents ListTagsForResource PutLogEvents PutResourcePolicy
        PutRetentionPolicy TagResource UntagResource""",
    "route53": """
        AssociateVPCWithHostedZone ChangeResourceRecordSets ChangeTagsForResource CreateHealthCheck
        CreateHostedZone DeleteHealthCheck DeleteHostedZone DisassociateVPCFromHostedZone GetChange
        GetHealthCheck GetHostedZone ListHealthChecks ListHostedZones ListHostedZonesByName
        ListHostedZonesByVPC ListResourceRecordSets ListTagsForResource UpdateHealthCheck
        UpdateHostedZoneComment""",
    "route53-recovery-cluster": """
        GetRoutingControlState ListRoutingControls UpdateRoutingControlState
        UpdateRoutingControlStates""",
    "route53-recovery-control-config": """
        CreateCluster CreateControlPanel CreateRoutingControl CreateSafetyRule DeleteCluster
        DeleteControlPanel DeleteRoutingControl DeleteSafetyRule DescribeCluster
        DescribeControlPanel DescribeRoutingControl DescribeSafetyRule ListClusters
        ListControlPanels ListRoutingControls ListTagsForResource TagResource UntagResource
        UpdateControlPanel UpdateRoutingControl UpdateSafetyRule""",
    "s3": """
        AbortMultipartUpload CompleteMultipartUpload CopyObject CreateBucket CreateMultipartUpload
        DeleteBucket DeleteBucketEncryption DeleteBucketLifecycle DeleteBucketOwnershipControls
        DeleteBucketPolicy DeleteBucketReplication DeleteBucketTagging DeleteObject
        DeleteObjectTagging DeleteObjects DeletePublicAccessBlock GetBucketEncryption
        GetBucketLifecycleConfiguration GetBucketLocation GetBucketNotificationConfiguration
        GetBucketOwnershipControls GetBucketPolicy GetBucketPolicyStatus GetBucketReplication
        GetBucketTagging GetBucketVersioning GetObject GetObjectAttributes GetObjectTagging
        GetPublicAccessBlock HeadBucket HeadObject ListBuckets ListMultipartUploads
        ListObjectVersions ListObjects ListObjectsV2 ListParts PutBucketEncryption
        PutBucketLifecycleConfiguration PutBucketNotificationConfiguration
        PutBucketOwnershipControls PutBucketPolicy PutBucketReplication PutBucketTagging
        PutBucketVersioning PutObject PutObjectTagging PutPublicAccessBlock UploadPart
        UploadPartCopy""",
    "s3control": """
        CreateMultiRegionAccessPoint DeleteMultiRegionAccessPoint GetMultiRegionAccessPoint
        GetMultiRegionAccessPointRoutes ListMultiRegionAccessPoints
        SubmitMultiRegionAccessPointRoutes""",
    "service-quotas": "GetServiceQuota ListAWSDefaultServiceQuotas",
    "sesv2": """
        CreateConfigurationSet CreateEmailIdentity DeleteEmailIdentity GetAccount
        GetEmailIdentity ListEmailIdentities PutAccountDetails
        PutEmailIdentityConfigurationSetAttributes SendEmail""",
    "sns": """
        CreateTopic DeleteTopic GetSubscriptionAttributes GetTopicAttributes ListSubscriptions
        ListSubscriptionsByTopic ListTagsForResource ListTopics Publish SetTopicAttributes Subscribe
        TagResource Unsubscribe UntagResource""",
    "sqs": """
        ChangeMessageVisibility ChangeMessageVisibilityBatch CreateQueue DeleteMessage
        DeleteMessageBatch DeleteQueue GetQueueAttributes GetQueueUrl ListDeadLetterSourceQueues
        ListQueueTags ListQueues PurgeQueue ReceiveMessage SendMessage SendMessageBatch
        SetQueueAttributes TagQueue UntagQueue""",
    "ssm": """
        AddTagsToResource CreateDocument DeleteDocument DescribeDocument GetAutomationExecution
        GetDocument GetParametersByPath ListDocuments ListTagsForResource RemoveTagsFromResource
        StartAutomationExecution StopAutomationExecution UpdateDocument
        UpdateDocumentDefaultVersion""",
    "stepfunctions": """
        CreateStateMachine DeleteStateMachine DescribeExecution DescribeMapRun DescribeStateMachine
        GetExecutionHistory ListExecutions ListMapRuns ListStateMachines ListTagsForResource
        RedriveExecution StartExecution StartSyncExecution StopExecution TagResource UntagResource
        UpdateStateMachine ValidateStateMachineDefinition""",
    "sts": "AssumeRole GetCallerIdentity",
}
VOUCHED = {service: frozenset(names.split()) for service, names in _OPERATIONS.items()}
# Deployed APIs have no model: they answer what they were made to answer.
WITHOUT_MODEL = "execute-api"


def check_vouched(call: Call) -> None:
    """Raises the error that names the service or the operation."""
    if call.service == WITHOUT_MODEL:
        return
    if call.service not in VOUCHED:
        raise not_emulated(f"the service {call.service} ({call.action})")
    if call.operation is None:
        raise unknown_operation(call)
    if call.name not in VOUCHED[call.service]:
        raise not_emulated(f"the operation {call.action}")
