from django.apps import AppConfig


class OrgSettingsConfig(AppConfig):
    name = "orgsettings"
    verbose_name = "Organizations"

    def ready(self) -> None:
        from curatore.core import safety  # noqa: F401  # registers its checks
