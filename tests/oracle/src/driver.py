"""Signs with botocore what standard input asks for, one group of requests a line, and prints one signed line each.

A presigned URL is printed with its parameters in canonical order (the signature last) and its host as signed:
botocore appends a session token out of order and keeps a default port in the URL. Nothing else is touched.
"""
import datetime
import json
import sys

import botocore.auth
import botocore.session
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.utils import percent_encode

SESSION = botocore.session.Session()
CLIENT_METHODS = {"GET": "get_object", "HEAD": "head_object", "PUT": "put_object"}


def address(group, key):
    scheme, authority = group["endpoint"].split("://")
    path = percent_encode(key, safe="/~")
    if group["virtual_host"]:
        return f"{scheme}://{group['bucket']}.{authority}/{path}"
    bucket = percent_encode(group["bucket"], safe="~")
    return f"{scheme}://{authority}/{bucket}/{path}"


def canonical(url):
    start, query = url.split("?")
    scheme, rest = start.split("://")
    _, path = rest.split("/", 1)
    pairs = sorted(pair.split("=", 1) for pair in query.split("&"))
    pairs.sort(key=lambda pair: pair[0] == "X-Amz-Signature")
    query = "&".join("=".join(pair) for pair in pairs)
    return f"{scheme}://{botocore.auth._host_from_url(url)}/{path}?{query}"


def presigned(group, credentials, key):
    signer = botocore.auth.S3SigV4QueryAuth(credentials, "s3", group["region"], expires=group["expires"])
    request = AWSRequest(method=group["method"], url=address(group, key), params=dict(group["query"]))
    signer.add_auth(request)
    return canonical(request.url)


def presigned_by_client(group, keys):
    style = "virtual" if group["virtual_host"] else "path"
    client = SESSION.create_client(
        "s3",
        region_name=group["region"],
        endpoint_url=group["endpoint"],
        aws_access_key_id=group["id"],
        aws_secret_access_key=group["secret"],
        aws_session_token=group["token"],
        config=Config(signature_version="s3v4", s3={"addressing_style": style}),
    )
    parameters = {name.title().replace("-", ""): value for name, value in group["query"]}
    for key in keys:
        yield canonical(
            client.generate_presigned_url(
                CLIENT_METHODS[group["method"]],
                Params={"Bucket": group["bucket"], "Key": key, **parameters},
                ExpiresIn=group["expires"],
            )
        )


def in_headers(group, credentials, key):
    signer = botocore.auth.S3SigV4Auth(credentials, "s3", group["region"])
    request = AWSRequest(
        method=group["method"],
        url=address(group, key),
        params=dict(group["query"]),
        headers=dict(group["headers"]),
        data=group["body"].encode() if group["body"] else None,
    )
    # As a client's request is prepared: the query is part of the URL, encoded.
    query = "&".join(f"{percent_encode(k, safe='-._~')}={percent_encode(v, safe='-._~')}" for k, v in group["query"])
    request.url += f"?{query}" if query else ""
    request.params = {}
    if group["body"] is None:
        request.context["payload_signing_enabled"] = False
        request.context["client_config"] = Config(s3={"payload_signing_enabled": False})
    signer.add_auth(request)
    names = ("X-Amz-Date", "X-Amz-Content-SHA256", "X-Amz-Security-Token", "Authorization")
    return "\t".join(request.headers[name] for name in names if name in request.headers)


def main():
    now = None
    botocore.auth.get_current_datetime = lambda: now
    for line in sys.stdin:
        group = json.loads(line)
        now = datetime.datetime.fromtimestamp(group["now"], datetime.timezone.utc)
        credentials = Credentials(group["id"], group["secret"], group["token"])
        if group["kind"] == "client":
            signed = presigned_by_client(group, group["keys"])
        elif group["kind"] == "headers":
            signed = (in_headers(group, credentials, key) for key in group["keys"])
        else:
            signed = (presigned(group, credentials, key) for key in group["keys"])
        for text in signed:
            sys.stdout.write(text + "\n")
        sys.stdout.flush()


main()
