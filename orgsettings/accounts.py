"""Organizations and their people: made by the operator's commands and by admins."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from curatore.core.errors import DomainError
from orgsettings.models import Membership, Organization, OrgSettings, Role, User


class AccountError(DomainError):
    code = "account_refused"


def ensure_organization(name: str) -> tuple[Organization, bool]:
    """The organization of this name with its settings; made if need be (second value: True)."""
    with transaction.atomic():
        organization, created = Organization.objects.get_or_create(
            name=name, defaults={"slug": _free_slug(name)}
        )
        OrgSettings.objects.get_or_create(organization=organization)
    return organization, created


def ensure_user(
    organization: Organization,
    *,
    username: str,
    password: str,
    role: str = Role.MEMBER,
    email: str = "",
) -> tuple[User, bool]:
    """The user of this name in `organization`; made if need be (second value: True).

    An existing user keeps password, role and email: running a set-up again changes nothing.

    Raises:
        AccountError: the name is taken in another organization, the e-mail address is taken, or
            the password is too weak.
    """
    existing = User.objects.select_related("membership").filter(username=username).first()
    if existing:
        if getattr(existing, "membership", None) is None:
            Membership.objects.create(organization=organization, user=existing, role=role)
        elif existing.membership.organization_id != organization.pk:
            raise AccountError(f"The user “{username}” belongs to another organization.")
        return existing, False
    user = User(username=username, email=email)
    with transaction.atomic():
        create(user, password)
        Membership.objects.create(organization=organization, user=user, role=role)
    return user, True


def create(user: User, password: str) -> None:
    """Store a new person.

    Raises:
        AccountError: the name or the e-mail address is taken or cannot be, or the password is too
            weak.
    """
    try:
        user.clean()
        validate_password(password, user)
    except ValidationError as refusal:
        raise AccountError(" ".join(refusal.messages)) from refusal
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as taken:  # by somebody who was quicker
        raise AccountError(
            f"The username “{user.username}” or the e-mail address was taken a moment ago."
        ) from taken


def _free_slug(name: str) -> str:
    stem = slugify(name)[:240] or "organization"
    taken = set(Organization.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    if stem not in taken:
        return stem
    return next(f"{stem}-{n}" for n in range(2, len(taken) + 3) if f"{stem}-{n}" not in taken)


def nobody_signed_in_yet() -> bool:
    """Whether this is a new site: whoever comes needs to know where the first password stands."""
    return not User.objects.filter(last_login__isnull=False).exists()
