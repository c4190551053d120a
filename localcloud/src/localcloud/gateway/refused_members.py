"""Members of operations' inputs that are not emulated: a call that has one is refused by name.

Values of a member that are not emulated, and what depends on others, are left to the services.
"""

from typing import Any

from localcloud.gateway.errors import not_emulated
from localcloud.gateway.identify import Call

# By service, or by operation where others of the service have a member of that name.
_MEMBERS = {
    "cloudformation": """
        EnableTerminationProtection ImportExistingResources IncludeNestedStacks
        IncludePropertyValues NotificationARNs OnFailure OnStackFailure ResourcesToImport
        ResourcesToSkip RetainExceptOnCreate RetainResources RollbackConfiguration.RollbackTriggers
        StackPolicyBody StackPolicyDuringUpdateBody StackPolicyDuringUpdateURL StackPolicyURL
        TimeoutInMinutes""",
    "cloudwatch:DescribeAlarms": "ChildrenOfAlarmName ParentsOfAlarmName",
    "cloudwatch:PutMetricAlarm": """
        ActionConfiguration EvaluateLowSampleCountPercentile EvaluationCriteria EvaluationInterval
        EvaluationWindow ExtendedStatistic Metrics ThresholdMetricId WarmUpConfiguration""",
    "cloudwatch:PutMetricData": "EntityMetricData",
    "dynamodb:CreateTable": "GlobalTableSourceArn LocalSecondaryIndexes",
    "dynamodb:UpdateTable": "OnDemandThroughput SSESpecification TableClass",
    "events:PutRule": "RoleArn",
    "fis": "experimentReportConfiguration logConfiguration",
    "iam:SimulatePrincipalPolicy": """
        CallerArn PermissionsBoundaryPolicyInputList PolicyInputList ResourceHandlingOption
        ResourceOwner ResourcePolicy""",
    "lambda": """
        CapacityProviderConfig ClientContext Code.ImageUri Code.SourceKMSKeyArn
        CodeSigningConfigArn DeadLetterConfig.TargetArn DryRun DurableConfig DurableExecutionName
        FileSystemConfigs ImageConfig ImageUri KMSKeyArn Publish RevisionId SourceKMSKeyArn
        TenancyConfig TenantId""",
    "route53-recovery-control-config:CreateCluster": "NetworkType",
    "s3": """
        BypassGovernanceRetention ObjectLockEnabledForBucket ObjectLockLegalHoldStatus
        ObjectLockMode ObjectLockRetainUntilDate""",
    "sesv2:CreateConfigurationSet": """
        ArchivingOptions DeliveryOptions ReputationOptions SendingOptions SuppressionOptions
        TrackingOptions VdmOptions""",
    "sesv2:CreateEmailIdentity": "ConfigurationSetName",
    "sesv2:SendEmail": """
        ConfigurationSetName Content.Simple.Attachments Content.Template EndpointId
        ListManagementOptions TenantName""",
    "sns:Publish": "MessageStructure PhoneNumber TargetArn",
    "sns:Subscribe": "Attributes",
    "ssm:StartAutomationExecution": """
        AlarmConfiguration MaxConcurrency MaxErrors Tags TargetLocations TargetLocationsURL
        TargetMaps TargetParameterName Targets""",
    "sts:AssumeRole": "Policy PolicyArns ProvidedContexts SerialNumber SourceIdentity",
}
REFUSED_MEMBERS = {
    key: [path.split(".") for path in paths.split()] for key, paths in _MEMBERS.items()
}


def check_members(call: Call) -> None:
    """Raises the error that names the member."""
    for key in (call.service, call.action):
        for path in REFUSED_MEMBERS.get(key, ()):
            value: Any = call.params
            for name in path:
                value = value.get(name) if isinstance(value, dict) else None
            if value:
                raise not_emulated(f"{'.'.join(path)} of {call.action}")
