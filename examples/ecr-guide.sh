#!/usr/bin/env bash
# The usual guide to Amazon ECR, line by line, against a running Plimsoll.
#
# From creating a repository to deleting it: scan on push, immutable tags, docker, findings, a lifecycle policy, sharing with
# another account and taking that away again. Every refusal is checked for its error code. The script ends at the first
# surprise, with exit code 1, and removes what it made.
#
# Environment:
#   AWS_ENDPOINT_URL         the server, such as http://127.0.0.1:5000
#   AWS_ACCESS_KEY_ID        an access key of an administrator (admin.json of the data directory has the first one's),
#   AWS_SECRET_ACCESS_KEY    with its secret
#   AWS_DEFAULT_REGION       the server's region [default: us-east-1]
#   PLIMSOLL_DATA            the server's data directory, for `plimsoll account` and `plimsoll user`
#   PLIMSOLL                 the program [default: plimsoll]
#   DOCKER                   docker or podman [default: docker]; podman has to know the registry as insecure
#   BASE_IMAGE               what to build on [default: scratch, with the package records of an old Alpine]
#   SECOND_ACCOUNT           the account to share with [default: 222222222222]
#
# Also needed: the aws command line, jq, curl, and advisories that know the base (`plimsoll db import`).
set -euo pipefail

: "${AWS_ENDPOINT_URL:?the address of the server, such as http://127.0.0.1:5000}"
: "${AWS_ACCESS_KEY_ID:?an access key}" "${AWS_SECRET_ACCESS_KEY:?the secret of the access key}"
export AWS_ENDPOINT_URL AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_DEFAULT_REGION=${AWS_DEFAULT_REGION:-us-east-1} AWS_PAGER=
PLIMSOLL=${PLIMSOLL:-plimsoll} DOCKER=${DOCKER:-docker} BASE_IMAGE=${BASE_IMAGE:-scratch}
SECOND_ACCOUNT=${SECOND_ACCOUNT:-222222222222}
REPOSITORY=guide/web-$$
PARTNER=partner-$$
WORK=$(mktemp -d)

# --- How things are shown and checked -----------------------------------------------------------------------------------------

heading() { printf '\n## %s\n' "$*"; }
surprise() { printf 'SURPRISE: %s\n' "$*" >&2; exit 1; }

# Prints a command as one would type it, beside the output, which may go to another program.
show() {
    local words
    words=$(printf '%q ' "$@")
    printf '$ %s\n' "${words//\\,/,}" >&2
}
run() { show "$@"; "$@"; }

# Runs a command that must be refused with this error code, or with a text that contains it.
refused() {
    local code=$1 text
    shift
    show "$@"
    if text=$("$@" 2>&1); then surprise "this was not refused: $text"; fi
    printf '%s\n' "$text" | sed '/^$/d' | tail -1
    [[ $text == *"$code"* ]] || surprise "refused, but not with $code"
}

same() { [[ $2 == "$3" ]] || surprise "$1 is '$2' and not '$3'"; }

# Runs a command as the other account: its user's own access key, and a docker login of its own.
as_partner() {
    AWS_ACCESS_KEY_ID=$PARTNER_KEY AWS_SECRET_ACCESS_KEY=$PARTNER_SECRET DOCKER_CONFIG=$WORK/partner \
        REGISTRY_AUTH_FILE=$WORK/partner/auth.json "$@"
}
as_partner_administrator() { AWS_ACCESS_KEY_ID=$CHIEF_KEY AWS_SECRET_ACCESS_KEY=$CHIEF_SECRET "$@"; }

tidy_up() {
    local status=$?
    aws ecr delete-repository --repository-name "$REPOSITORY" --force >"$WORK/tidy" 2>&1 || true
    if [[ -n ${PARTNER_KEY:-} ]]; then
        "$PLIMSOLL" user delete "$PARTNER" --account "$SECOND_ACCOUNT" --force >"$WORK/tidy" 2>&1 || true
    fi
    if [[ -n ${CHIEF_KEY:-} ]]; then
        "$PLIMSOLL" user delete "chief-$$" --account "$SECOND_ACCOUNT" --force >"$WORK/tidy" 2>&1 || true
    fi
    "$DOCKER" rmi -f web:1 web:other "${URI:-web}":{1..12} >"$WORK/tidy" 2>&1 || true
    rm -rf "$WORK"
    exit "$status"
}
trap tidy_up EXIT

# --- The guide ----------------------------------------------------------------------------------------------------------------

who_am_i() {
    heading "Who am I?"
    run aws sts get-caller-identity
    ACCOUNT=$(aws sts get-caller-identity --query Account --output text)
}

create_repository() {
    heading "Create a repository: scan on push, immutable tags"
    run aws ecr create-repository --repository-name "$REPOSITORY" --image-tag-mutability IMMUTABLE \
        --image-scanning-configuration scanOnPush=true --tags Key=team,Value=guide | tee "$WORK/repository.json"
    same scanOnPush "$(jq -r .repository.imageScanningConfiguration.scanOnPush "$WORK/repository.json")" true
    same imageTagMutability "$(jq -r .repository.imageTagMutability "$WORK/repository.json")" IMMUTABLE
    same repositoryArn "$(jq -r .repository.repositoryArn "$WORK/repository.json")" \
        "arn:aws:ecr:$AWS_DEFAULT_REGION:$ACCOUNT:repository/$REPOSITORY"
    URI=$(jq -r .repository.repositoryUri "$WORK/repository.json")
    REGISTRY=${URI%%/*}
    ARN=$(jq -r .repository.repositoryArn "$WORK/repository.json")
    refused RepositoryAlreadyExistsException aws ecr create-repository --repository-name "$REPOSITORY"
    refused InvalidParameterException aws ecr create-repository --repository-name Upper/Case
}

log_in() {
    heading "Log docker in"
    export DOCKER_CONFIG=$WORK/own REGISTRY_AUTH_FILE=$WORK/own/auth.json
    mkdir -p "$WORK/own" "$WORK/partner"
    echo '$ aws ecr get-login-password | docker login --username AWS --password-stdin' "$REGISTRY"
    aws ecr get-login-password | "$DOCKER" login --username AWS --password-stdin "$REGISTRY"
}

# Writes what `docker build` needs: the package records of an old Alpine where there is no image to build on.
write_context() {
    local context=$WORK/context
    mkdir -p "$context/root/app"
    echo 'a web server, in a manner of speaking' > "$context/root/app/web"
    if [[ $BASE_IMAGE == scratch ]]; then
        mkdir -p "$context/root/etc" "$context/root/lib/apk/db"
        printf 'ID=alpine\nVERSION_ID=3.10.4\nPRETTY_NAME="Alpine Linux v3.10"\n' > "$context/root/etc/os-release"
        printf 'P:%s\nV:%s\nA:x86_64\no:%s\n\n' musl 1.1.22-r2 musl libssl1.1 1.1.1b-r1 openssl libcurl 7.65.1-r0 curl \
            > "$context/root/lib/apk/db/installed"
    fi
    printf 'FROM %s\nARG RELEASE\nLABEL org.opencontainers.image.version=$RELEASE\nCOPY root /\nCMD ["/app/web"]\n' "$BASE_IMAGE" \
        > "$context/Dockerfile"
}

build() {
    show "$DOCKER" build --quiet --build-arg "RELEASE=$1" --tag "$2" "$WORK/context"
    "$DOCKER" build --quiet --build-arg "RELEASE=$1" --tag "$2" "$WORK/context" 2> "$WORK/build" || surprise "$(cat "$WORK/build")"
}

build_and_push() {
    heading "Build, tag, push"
    write_context
    build 1 web:1
    run "$DOCKER" tag web:1 "$URI:1"
    run "$DOCKER" push --quiet "$URI:1"
    run aws ecr describe-images --repository-name "$REPOSITORY" --image-ids imageTag=1 | tee "$WORK/image.json"
    DIGEST=$(jq -r '.imageDetails[0].imageDigest' "$WORK/image.json")
    same imageTags "$(jq -c '.imageDetails[0].imageTags' "$WORK/image.json")" '["1"]'

    heading "A tag stays where it is"
    build other web:other
    run "$DOCKER" tag web:other "$URI:1"
    refused 'cannot be overwritten because the' "$DOCKER" push "$URI:1"
    aws ecr batch-get-image --repository-name "$REPOSITORY" --image-ids imageTag=1 > "$WORK/manifest.json"
    jq -rj '.images[0].imageManifest' "$WORK/manifest.json" > "$WORK/manifest"
    same "the digest of the manifest" "sha256:$(sha256sum < "$WORK/manifest" | cut -d' ' -f1)" "$DIGEST"
    refused ImageAlreadyExistsException aws ecr put-image --repository-name "$REPOSITORY" --image-tag 1 \
        --image-manifest "file://$WORK/manifest"
    # The same image in other bytes has another digest.
    jq -c . "$WORK/manifest" > "$WORK/other-manifest"
    refused ImageTagAlreadyExistsException aws ecr put-image --repository-name "$REPOSITORY" --image-tag 1 \
        --image-manifest "file://$WORK/other-manifest"
    same "the digest of tag 1" "$(digest_of 1)" "$DIGEST"
}

digest_of() {
    aws ecr describe-images --repository-name "$REPOSITORY" --image-ids "imageTag=$1" \
        --query 'imageDetails[0].imageDigest' --output text
}

read_findings() {
    heading "Wait for the scan, and read the findings"
    run aws ecr wait image-scan-complete --repository-name "$REPOSITORY" --image-id imageTag=1
    echo '$ aws ecr describe-image-scan-findings … | jq, by severity'
    aws ecr describe-image-scan-findings --repository-name "$REPOSITORY" --image-id imageTag=1 > "$WORK/findings.json"
    jq -c '.imageScanStatus, .imageScanFindings.findingSeverityCounts' "$WORK/findings.json"
    jq -r '.imageScanFindings.findings | group_by(.severity)[] |
        "\(.[0].severity): \(length)",
        (.[:5][] | "    \(.name)  " + ([.attributes[] | select(.key | startswith("package_")) | .value] | join(" ")))' \
        "$WORK/findings.json"
    same "the status of the scan" "$(jq -r .imageScanStatus.status "$WORK/findings.json")" COMPLETE
    same "the digest that was scanned" "$(jq -r .imageId.imageDigest "$WORK/findings.json")" "$DIGEST"
    same "the sum of the severities" "$(jq '[.imageScanFindings.findingSeverityCounts[]] | add // 0' "$WORK/findings.json")" \
        "$(jq '.imageScanFindings.findings | length' "$WORK/findings.json")"
    same "the counts that describe-images gives" \
        "$(aws ecr describe-images --repository-name "$REPOSITORY" --image-ids imageTag=1 |
            jq -cS '.imageDetails[0] | [.imageScanStatus.status, .imageScanFindingsSummary.findingSeverityCounts]')" \
        "$(jq -cS '[.imageScanStatus.status, .imageScanFindings.findingSeverityCounts]' "$WORK/findings.json")"
    [[ $(jq '.imageScanFindings.findings | length' "$WORK/findings.json") -gt 0 ]] ||
        surprise "an old image without a finding: have advisories been imported?"
    refused LimitExceededException aws ecr start-image-scan --repository-name "$REPOSITORY" --image-id imageTag=1
    refused ImageNotFoundException aws ecr describe-image-scan-findings --repository-name "$REPOSITORY" --image-id imageTag=nothing
}

lifecycle() {
    heading "Keep the last 10, and nothing untagged for longer than 14 days"
    local release
    for release in {2..12}; do
        build "$release" "$URI:$release" > "$WORK/built"
        run "$DOCKER" push --quiet "$URI:$release" > "$WORK/pushed"
    done
    cat > "$WORK/lifecycle.json" <<'POLICY'
{
  "rules": [
    {
      "rulePriority": 1,
      "description": "untagged images go after 14 days",
      "selection": { "tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 14 },
      "action": { "type": "expire" }
    },
    {
      "rulePriority": 2,
      "description": "the last 10 stay",
      "selection": { "tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 10 },
      "action": { "type": "expire" }
    }
  ]
}
POLICY
    sed 's/"rulePriority": 2/"rulePriority": 1/' "$WORK/lifecycle.json" > "$WORK/wrong.json"
    refused LifecyclePolicyNotFoundException aws ecr get-lifecycle-policy --repository-name "$REPOSITORY"
    refused InvalidParameterException aws ecr put-lifecycle-policy --repository-name "$REPOSITORY" \
        --lifecycle-policy-text "file://$WORK/wrong.json"
    refused LifecyclePolicyPreviewNotFoundException aws ecr get-lifecycle-policy-preview --repository-name "$REPOSITORY"
    run aws ecr start-lifecycle-policy-preview --repository-name "$REPOSITORY" \
        --lifecycle-policy-text "file://$WORK/lifecycle.json" > "$WORK/preview.json"
    run aws ecr wait lifecycle-policy-preview-complete --repository-name "$REPOSITORY"
    run aws ecr get-lifecycle-policy-preview --repository-name "$REPOSITORY" | tee "$WORK/preview.json" |
        jq -c '.status, .summary, (.previewResults[] | {imageTags, imageDigest, action, appliedRulePriority})'
    same "what would expire" "$(jq -c '[.previewResults[].imageTags[]] | sort' "$WORK/preview.json")" '["1","2"]'
    same expiringImageTotalCount "$(jq .summary.expiringImageTotalCount "$WORK/preview.json")" 2
    run aws ecr put-lifecycle-policy --repository-name "$REPOSITORY" --lifecycle-policy-text "file://$WORK/lifecycle.json" \
        --query '[registryId,repositoryName]' --output text
    aws ecr get-lifecycle-policy --repository-name "$REPOSITORY" --query lifecyclePolicyText --output text > "$WORK/policy.json"
    same "the policy" "$(jq -cS . "$WORK/policy.json")" "$(jq -cS . "$WORK/lifecycle.json")"
    run aws ecr delete-lifecycle-policy --repository-name "$REPOSITORY" --query repositoryName --output text
}

# --- Another account ----------------------------------------------------------------------------------------------------------

make_second_account() {
    heading "A second account, $SECOND_ACCOUNT, with an administrator and a user"
    "$PLIMSOLL" account list --format json | jq -e --arg id "$SECOND_ACCOUNT" 'any(.Accounts[]; .Id == $id)' > "$WORK/known" ||
        run "$PLIMSOLL" account create "$SECOND_ACCOUNT"
    "$PLIMSOLL" user create "chief-$$" --account "$SECOND_ACCOUNT" --administrator --key --format json > "$WORK/chief.json"
    CHIEF_KEY=$(jq -r .AccessKey.AccessKeyId "$WORK/chief.json")
    CHIEF_SECRET=$(jq -r .AccessKey.SecretAccessKey "$WORK/chief.json")
    "$PLIMSOLL" user create "$PARTNER" --account "$SECOND_ACCOUNT" --key --format json > "$WORK/partner.json"
    PARTNER_KEY=$(jq -r .AccessKey.AccessKeyId "$WORK/partner.json")
    PARTNER_SECRET=$(jq -r .AccessKey.SecretAccessKey "$WORK/partner.json")
    run as_partner aws sts get-caller-identity --query Arn --output text
    refused AccessDenied as_partner aws ecr get-login-password
    cat > "$WORK/login.json" <<'POLICY'
{ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*" }] }
POLICY
    run as_partner_administrator aws iam put-user-policy --user-name "$PARTNER" --policy-name log-in \
        --policy-document "file://$WORK/login.json"
    as_partner aws ecr get-login-password | as_partner "$DOCKER" login --username AWS --password-stdin "$REGISTRY"
}

# The two permissions: what the owner says about the repository, and what the other account says about its user.
write_policies() {
    local actions='["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"]'
    jq -n --arg user "arn:aws:iam::$SECOND_ACCOUNT:user/$PARTNER" --argjson actions "$actions" \
        '{Version: "2012-10-17", Statement: [{Sid: "SharedPull", Effect: "Allow", Principal: {AWS: $user}, Action: $actions}]}' \
        > "$WORK/repository-policy.json"
    jq -n --arg repository "$ARN" --argjson actions "$actions" \
        '{Version: "2012-10-17", Statement: [{Sid: "Pull", Effect: "Allow", Action: $actions, Resource: $repository}]}' \
        > "$WORK/identity-policy.json"
}

allow_in_repository() {
    run aws ecr set-repository-policy --repository-name "$REPOSITORY" --policy-text "file://$WORK/repository-policy.json" \
        --query repositoryName --output text
}
revoke_in_repository() {
    run aws ecr delete-repository-policy --repository-name "$REPOSITORY" --query repositoryName --output text
}
allow_in_account() {
    run as_partner_administrator aws iam put-user-policy --user-name "$PARTNER" --policy-name pull \
        --policy-document "file://$WORK/identity-policy.json"
}
revoke_in_account() {
    run as_partner_administrator aws iam delete-user-policy --user-name "$PARTNER" --policy-name pull
}

partner_is_refused() {
    refused AccessDeniedException as_partner aws ecr batch-get-image --registry-id "$ACCOUNT" --repository-name "$REPOSITORY" \
        --image-ids imageTag=1
    # Somebody who may not see a repository does not learn whether there is one.
    refused AccessDeniedException as_partner aws ecr batch-get-image --registry-id "$ACCOUNT" --repository-name "${REPOSITORY}-not" \
        --image-ids imageTag=1
    refused denied as_partner "$DOCKER" pull --quiet "$URI:1"
}

partner_may_pull() {
    local url layer
    run as_partner aws ecr batch-get-image --registry-id "$ACCOUNT" --repository-name "$REPOSITORY" --image-ids imageTag=1 \
        --query 'images[0].imageId' --output json
    layer=$(jq -r '.layers[0].digest' "$WORK/manifest")
    url=$(as_partner aws ecr get-download-url-for-layer --registry-id "$ACCOUNT" --repository-name "$REPOSITORY" \
        --layer-digest "$layer" --query downloadUrl --output text)
    same "the digest of the layer behind its URL" "sha256:$(curl --silent --fail "$url" | sha256sum | cut -d' ' -f1)" "$layer"
    "$DOCKER" rmi -f "$URI:1" > "$WORK/removed" 2>&1 || true
    run as_partner "$DOCKER" pull --quiet "$URI:1"
    # It may pull and nothing else.
    refused denied as_partner "$DOCKER" push "$URI:1"
    refused AccessDeniedException as_partner aws ecr list-images --registry-id "$ACCOUNT" --repository-name "$REPOSITORY"
}

share() {
    make_second_account
    write_policies
    heading "Neither permission: refused"
    partner_is_refused
    heading "The repository's policy alone: refused"
    allow_in_repository
    partner_is_refused
    heading "The user's policy alone: refused"
    revoke_in_repository
    allow_in_account
    partner_is_refused
    heading "Both: it works"
    allow_in_repository
    partner_may_pull
    heading "Revoke: refused again, at once"
    revoke_in_repository
    partner_is_refused
    refused RepositoryPolicyNotFoundException aws ecr get-repository-policy --repository-name "$REPOSITORY"
    allow_in_repository
    revoke_in_account
    partner_is_refused
}

delete() {
    heading "Delete"
    refused RepositoryNotEmptyException aws ecr delete-repository --repository-name "$REPOSITORY"
    run aws ecr batch-delete-image --repository-name "$REPOSITORY" --image-ids imageTag=12 imageTag=nothing |
        tee "$WORK/deleted.json" | jq -c '.imageIds[], .failures[]'
    same "what was deleted" "$(jq -r '.imageIds[0].imageTag' "$WORK/deleted.json")" 12
    same "what was not" "$(jq -r '.failures[0].failureCode' "$WORK/deleted.json")" ImageNotFound
    run aws ecr delete-repository --repository-name "$REPOSITORY" --force --query repository.repositoryArn --output text
    refused RepositoryNotFoundException aws ecr describe-repositories --repository-names "$REPOSITORY"
    refused 'does not exist in the registry' "$DOCKER" pull "$URI:3"
}

who_am_i
create_repository
log_in
build_and_push
read_findings
lifecycle
share
delete
heading "No surprises"
